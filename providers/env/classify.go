package env

import (
	"context"
	"errors"
	"io/fs"
	"syscall"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/internal/steady"
)

var errAbsent = errors.New("no such variable")

// absentError says that a variable is unset or, as far as the options go, empty.
type absentError struct{ variable string }

func (e *absentError) Error() string        { return "the variable " + e.variable + " is unset or empty" }
func (e *absentError) Is(target error) bool { return target == errAbsent }

// takenError says that another name was answered from the same variable.
type takenError struct{ variable, holder string }

func (e *takenError) Error() string {
	return "the variable " + e.variable + ` is also that of the name "` + e.holder + `", which was asked for first`
}

// setUpError says that the environment contradicts itself. It names variables, never what they hold.
type setUpError struct{ problem, hint string }

func (e *setUpError) Error() string { return e.problem }

// fileError is a failure with the file that variable names. Neither it nor its
// cause holds the path: someone may have put the value itself there.
type fileError struct {
	variable string
	cause    error
}

func (e *fileError) Error() string { return "the file of " + e.variable + ": " + e.cause.Error() }
func (e *fileError) Unwrap() error { return e.cause }

// classify makes the one error type of every failure here.
func (p *Provider) classify(op, name string, err error) error {
	class, hint := classOf(err)
	return &secretmux.Error{Op: op, Name: name, Source: p.source, Class: class, Hint: hint, Err: err}
}

func classOf(err error) (class error, hint string) {
	var setUp *setUpError
	var taken *takenError
	var absent *absentError
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return nil, ""
	case errors.As(err, &absent):
		return secretmux.ErrNotFound, "set " + absent.variable
	case errors.As(err, &taken):
		return secretmux.ErrInvalid, "ask for this secret by one name everywhere"
	case errors.As(err, &setUp):
		return secretmux.ErrInvalid, setUp.hint
	case errors.Is(err, steady.ErrTooLarge):
		return secretmux.ErrTooLarge, "the limit is 1 MiB"
	case errors.Is(err, steady.ErrChanging):
		return secretmux.ErrUnavailable, "write a new file and rename it over the old one"
	case errors.Is(err, fs.ErrPermission):
		return secretmux.ErrDenied, "let the user of this process read the file"
	case errors.Is(err, fs.ErrNotExist), errors.Is(err, steady.ErrNotRegular), errors.Is(err, steady.ErrDirectory), errors.Is(err, errEmptyFile), notAPath(err):
		return secretmux.ErrInvalid, "let the variable hold the path of a file that holds the value, or unset it"
	}
	return secretmux.ErrUnavailable, ""
}

// notAPath reports whether no file can have that path: part of it is a file, it
// is a loop of links, it is too long, or it has a NUL.
func notAPath(err error) bool {
	return errors.Is(err, syscall.ENOTDIR) || errors.Is(err, syscall.ELOOP) ||
		errors.Is(err, syscall.ENAMETOOLONG) || errors.Is(err, syscall.EINVAL)
}
