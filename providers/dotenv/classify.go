package dotenv

import (
	"context"
	"errors"
	"io/fs"
	"strconv"
	"syscall"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/internal/steady"
)

// absentError says that the file lacks a key or, as far as the options go, has nothing in it.
type absentError struct{ key string }

func (e *absentError) Error() string { return "the file has no " + e.key + ", or nothing in it" }

// takenError says that another name was answered from the same key.
type takenError struct{ key, holder string }

func (e *takenError) Error() string {
	return "the key " + e.key + ` is also that of the name "` + e.holder + `", which was asked for first`
}

// lineError is a problem with the statement that starts or breaks in a line. It
// never quotes the file.
type lineError struct {
	line    int
	problem error
}

func (e *lineError) Error() string { return "line " + strconv.Itoa(e.line) + ": " + e.problem.Error() }
func (e *lineError) Unwrap() error { return e.problem }

// classify makes the one error type of every failure here.
func (p *Provider) classify(op, name string, err error) error {
	class, hint := classOf(err)
	return &secretmux.Error{Op: op, Name: name, Source: p.source, Class: class, Hint: hint, Err: steady.WithoutPath(err)}
}

func classOf(err error) (class error, hint string) {
	var (
		absent *absentError
		taken  *takenError
		line   *lineError
	)
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return nil, ""
	case errors.As(err, &absent):
		return secretmux.ErrNotFound, "add " + absent.key + "= to the file; keys count with their case"
	case errors.Is(err, fs.ErrNotExist):
		return secretmux.ErrNotFound, "create the file; a relative path counts from the working directory"
	case errors.As(err, &taken):
		return secretmux.ErrInvalid, "ask for this secret by one name everywhere"
	case errors.Is(err, steady.ErrTooLarge):
		return secretmux.ErrTooLarge, "the limit is 1 MiB"
	case errors.As(err, &line):
		return secretmux.ErrInvalid, "docs/dotenv-dialects.md has the rules"
	case errors.Is(err, steady.ErrChanging):
		return secretmux.ErrUnavailable, "write a new file and rename it over the old one"
	case errors.Is(err, errOpenToOthers):
		return secretmux.ErrInvalid, hintPerm
	case errors.Is(err, fs.ErrPermission):
		return secretmux.ErrDenied, "let the user of this process read the file"
	case errors.Is(err, steady.ErrNotRegular), errors.Is(err, steady.ErrDirectory), notAPath(err):
		return secretmux.ErrInvalid, "name a regular file, as in dotenv:.env"
	}
	return secretmux.ErrUnavailable, ""
}

// notAPath reports whether no file can have that path: part of it is a file, it
// is a loop of links, it is too long, or it has a NUL.
func notAPath(err error) bool {
	return errors.Is(err, syscall.ENOTDIR) || errors.Is(err, syscall.ELOOP) ||
		errors.Is(err, syscall.ENAMETOOLONG) || errors.Is(err, syscall.EINVAL)
}
