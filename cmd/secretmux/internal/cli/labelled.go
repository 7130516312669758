package cli

import (
	"errors"
	"strings"
)

// labelled adds a name to an error that must not name its subject itself.
type labelled struct {
	label string
	err   error
}

func (e *labelled) Error() string {
	text := strings.TrimPrefix(e.err.Error(), "secretmux: ")
	return e.label + ": " + strings.TrimPrefix(text, "invalid: ")
}

func (e *labelled) Unwrap() error { return e.err }

// joined returns nil, the only error, or all errors joined.
func joined(errs []error) error {
	if len(errs) == 1 {
		return errs[0]
	}
	return errors.Join(errs...)
}
