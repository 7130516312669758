package systemd

import (
	"errors"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/internal/claim"
	"github.com/secretmux/secretmux/providers/internal/folder"
)

// The faults of the variable. Their texts never quote it.
var (
	errUnset    = errors.New("the variable " + variable + " is unset")
	errAbsent   = errors.New("there are no credentials: the variable " + variable + " is unset")
	errRelative = errors.New("the variable " + variable + " is not an absolute path")
)

const hintUnit = "give the unit credentials with LoadCredential=, and let systemd start it"

// classify maps what the system says to a class and to what can be done.
func classify(err error) (class error, hint string) {
	var taken *claim.TakenError
	switch {
	case errors.Is(err, errUnset), errors.Is(err, errRelative):
		return secretmux.ErrInvalid, hintUnit + "; with missing=absent a chain goes on where the unit has none"
	case errors.Is(err, errAbsent):
		return secretmux.ErrNotFound, hintUnit
	case errors.As(err, &taken):
		return secretmux.ErrInvalid, taken.Hint()
	}
	return folder.Classify(err)
}
