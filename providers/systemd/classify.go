package systemd

import (
	"errors"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/internal/claim"
	"github.com/secretmux/secretmux/providers/internal/folder"
)

// The faults of the variable. Their texts never quote its value.
var (
	errUnset    = errors.New("the variable " + variable + " is unset")
	errAbsent   = errors.New("this process has no credentials: the variable " + variable + " is unset")
	errRelative = errors.New("the variable " + variable + " is not an absolute path")
)

const hintUnit = "add LoadCredential= lines to the unit, and start it with systemd"

// classify maps the system's error to a class and a hint.
func classify(err error) (class error, hint string) {
	var taken *claim.TakenError
	switch {
	case errors.Is(err, errUnset), errors.Is(err, errRelative):
		return secretmux.ErrInvalid, hintUnit + "; with missing=absent a chain goes on if the unit has no credentials"
	case errors.Is(err, errAbsent):
		return secretmux.ErrNotFound, hintUnit
	case errors.As(err, &taken):
		return secretmux.ErrInvalid, taken.Hint()
	}
	return folder.Classify(err)
}
