package env

import (
	"context"
	"errors"
	"io/fs"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/internal/claim"
	"github.com/secretmux/secretmux/providers/internal/steady"
)

var errAbsent = errors.New("no such variable")

// absentError says that a variable is unset, or that it is empty and empty values
// count as absent.
type absentError struct{ variable string }

func (e *absentError) Error() string        { return "the variable " + e.variable + " is unset or empty" }
func (e *absentError) Is(target error) bool { return target == errAbsent }

// setUpError says that the environment contradicts itself. It names variables and
// never their values.
type setUpError struct{ problem, hint string }

func (e *setUpError) Error() string { return e.problem }

// fail makes the one error type that all failures of this package have.
func (p *Provider) fail(op, name string, err error) error {
	class, hint := classify(err)
	return &secretmux.Error{Op: op, Name: name, Source: p.source, Class: class, Hint: hint, Err: err}
}

func classify(err error) (class error, hint string) {
	var (
		setUp  *setUpError
		taken  *claim.TakenError
		absent *absentError
		file   *fileError
	)
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return nil, ""
	case errors.As(err, &absent):
		return secretmux.ErrNotFound, "set " + absent.variable
	case errors.As(err, &taken):
		return secretmux.ErrInvalid, taken.Hint()
	case errors.As(err, &setUp):
		return secretmux.ErrInvalid, setUp.hint
	case errors.As(err, &file):
		return classifyFile(file)
	}
	return secretmux.ErrUnavailable, ""
}

const hintPath = "set the variable to the path of the file with the value, or unset it"

// classifyFile is classify for the file that a variable names. If the file does
// not exist, the secret is never "absent": otherwise a chain would go on while a
// mount is late.
func classifyFile(e *fileError) (class error, hint string) {
	switch err := e.cause; {
	case errors.Is(err, steady.ErrTooLarge):
		return secretmux.ErrTooLarge, "make the file smaller: the limit is 1 MiB"
	case errors.Is(err, steady.ErrChanging):
		return secretmux.ErrUnavailable, "write a new file and rename it over the old one"
	case errors.Is(err, errGone):
		return secretmux.ErrUnavailable, "put the file back, or mount its folder again"
	case errors.Is(err, fs.ErrPermission):
		return secretmux.ErrDenied, "give the user of this process permission to read the file"
	case errors.Is(err, steady.ErrUTF16):
		return secretmux.ErrInvalid, steady.HintUTF16
	case errors.Is(err, steady.ErrDirectory):
		return secretmux.ErrInvalid, hintPath + "; " + steady.HintDirectory
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, steady.ErrNotRegular), errors.Is(err, errUnexpanded), steady.NotAPath(err):
		return secretmux.ErrInvalid, hintPath
	}
	return secretmux.ErrUnavailable, "check the disk or the mount"
}
