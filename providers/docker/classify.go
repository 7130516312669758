package docker

import (
	"errors"
	"syscall"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/internal/claim"
	"github.com/secretmux/secretmux/providers/internal/folder"
	"github.com/secretmux/secretmux/providers/internal/steady"
)

// classify maps the system's error to a class and a hint.
func classify(err error) (class error, hint string) {
	var taken *claim.TakenError
	switch {
	case errors.As(err, &taken):
		return secretmux.ErrInvalid, taken.Hint()
	case errors.Is(err, steady.ErrDirectory), errors.Is(err, syscall.EISDIR):
		return secretmux.ErrInvalid, steady.HintDirectory
	}
	return folder.Classify(err)
}
