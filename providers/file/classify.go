package file

import (
	"errors"
	"syscall"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/internal/folder"
	"github.com/secretmux/secretmux/providers/internal/steady"
)

// fail makes the error of op. It returns nil for a nil error.
func (p *Provider) fail(op, name string, err error) error {
	if err == nil {
		return nil
	}
	class, hint := classify(err)
	return &secretmux.Error{Op: op, Name: name, Source: p.source, Class: class, Hint: hint, Err: steady.WithoutPath(err)}
}

// classify maps the system's error to a class and a hint. The end of a context has no
// class, because it belongs to the caller.
func classify(err error) (class error, hint string) {
	if errors.Is(err, steady.ErrDirectory) || errors.Is(err, syscall.EISDIR) {
		return secretmux.ErrInvalid, "write the name of a file below this directory;  " + steady.HintDirectory
	}
	return folder.Classify(err)
}
