package dotenv

import (
	"context"
	"errors"
	"io/fs"
	"strconv"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/internal/claim"
	"github.com/secretmux/secretmux/providers/internal/place"
	"github.com/secretmux/secretmux/providers/internal/steady"
)

// absentError says that the file does not have a key, or that its value is empty and
// empty values count as absent.
type absentError struct{ key string }

func (e *absentError) Error() string {
	return "the file does not have " + e.key + ", or its value is empty"
}

// lineError is a problem with the statement that starts in a line, or that breaks in
// it. It never quotes the file.
type lineError struct {
	line    int
	problem error
}

func (e *lineError) Error() string { return "line " + strconv.Itoa(e.line) + ": " + e.problem.Error() }
func (e *lineError) Unwrap() error { return e.problem }

// fail makes the one error type of every failure here. It returns nil for a nil
// error.
func (p *Provider) fail(op, name string, err error) error {
	if err == nil {
		return nil
	}
	class, hint := classify(err)
	return &secretmux.Error{Op: op, Name: name, Source: p.source, Class: class, Hint: hint, Err: steady.WithoutPath(err)}
}

func classify(err error) (class error, hint string) {
	var (
		absent *absentError
		gone   *place.GoneError
		taken  *claim.TakenError
		line   *lineError
	)
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return nil, ""
	case errors.As(err, &absent):
		return secretmux.ErrNotFound, "add " + absent.key + "= to the file; upper and lower case matter"
	case errors.As(err, &gone):
		return gone.Class, gone.Hint()
	case errors.As(err, &taken):
		return secretmux.ErrInvalid, taken.Hint()
	case errors.Is(err, steady.ErrTooLarge):
		return secretmux.ErrTooLarge, "divide the file: the limit is 1 MiB"
	case errors.As(err, &line):
		return secretmux.ErrInvalid, "see the rules in docs/dotenv-dialects.md"
	case errors.Is(err, steady.ErrChanging):
		return secretmux.ErrUnavailable, "write a new file and rename it over the old one"
	case errors.Is(err, errOpenToOthers):
		return secretmux.ErrInvalid, hintPerm
	case errors.Is(err, errNoWriter):
		return secretmux.ErrUnavailable, "unlock the program that serves the FIFO, such as 1Password, and answer its question; give it more time with timeout="
	case errors.Is(err, errNotFIFO):
		return secretmux.ErrInvalid, "leave out fifo=true if this is a plain file; only a program such as 1Password serves a FIFO"
	case errors.Is(err, steady.ErrFIFO):
		return secretmux.ErrInvalid, "add fifo=true if a program such as 1Password serves this file"
	case errors.Is(err, fs.ErrPermission):
		return secretmux.ErrDenied, "give the user of this process permission to read the file"
	case errors.Is(err, steady.ErrDirectory):
		return secretmux.ErrInvalid, hintFile + "; " + steady.HintDirectory
	case errors.Is(err, steady.ErrNotRegular), errors.Is(err, place.ErrNotFolder), steady.NotAPath(err):
		return secretmux.ErrInvalid, hintFile
	}
	return secretmux.ErrUnavailable, "check the disk or the mount"
}

const hintFile = "write the path of a regular file, as in dotenv:.env"
