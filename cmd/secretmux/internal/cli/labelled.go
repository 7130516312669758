package cli

import (
	"errors"
	"strings"
)

// labelled is an error with the name of what it is about, where the error itself
// may not name it.
type labelled struct {
	label string
	err   error
}

func (e *labelled) Error() string {
	text := strings.TrimPrefix(e.err.Error(), "secretmux: ")
	return e.label + ": " + strings.TrimPrefix(text, "invalid: ")
}

func (e *labelled) Unwrap() error { return e.err }

// joined is nil, the one error, or all of them.
func joined(errs []error) error {
	if len(errs) == 1 {
		return errs[0]
	}
	return errors.Join(errs...)
}
