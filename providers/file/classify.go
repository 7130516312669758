package file

import (
	"errors"
	"syscall"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/internal/folder"
	"github.com/secretmux/secretmux/providers/internal/steady"
)

// fail makes the error of op, or nil of nil.
func (p *Provider) fail(op, name string, err error) error {
	if err == nil {
		return nil
	}
	class, hint := classify(err)
	return &secretmux.Error{Op: op, Name: name, Source: p.source, Class: class, Hint: hint, Err: steady.WithoutPath(err)}
}

// classify maps what the system says to a class and to what can be done. A
// context's end has no class: it is the caller's.
func classify(err error) (class error, hint string) {
	if errors.Is(err, steady.ErrDirectory) || errors.Is(err, syscall.EISDIR) {
		return secretmux.ErrInvalid, "name a file below the directory; " + steady.HintDirectory
	}
	return folder.Classify(err)
}
