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

// absentError says that the file lacks a key or, as far as the options go, has nothing in it.
type absentError struct{ key string }

func (e *absentError) Error() string { return "the file has no " + e.key + ", or nothing in it" }

// lineError is a problem with the statement that starts or breaks in a line. It
// never quotes the file.
type lineError struct {
	line    int
	problem error
}

func (e *lineError) Error() string { return "line " + strconv.Itoa(e.line) + ": " + e.problem.Error() }
func (e *lineError) Unwrap() error { return e.problem }

// fail makes the one error type of every failure here, or nil of nil.
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
		return secretmux.ErrNotFound, "add " + absent.key + "= to the file; keys count with their case"
	case errors.As(err, &gone):
		return gone.Class, gone.Hint()
	case errors.As(err, &taken):
		return secretmux.ErrInvalid, taken.Hint()
	case errors.Is(err, steady.ErrTooLarge):
		return secretmux.ErrTooLarge, "the limit is 1 MiB"
	case errors.As(err, &line):
		return secretmux.ErrInvalid, "docs/dotenv-dialects.md has the rules"
	case errors.Is(err, steady.ErrChanging):
		return secretmux.ErrUnavailable, "write a new file and rename it over the old one"
	case errors.Is(err, errOpenToOthers):
		return secretmux.ErrInvalid, hintPerm
	case errors.Is(err, errNoWriter):
		return secretmux.ErrUnavailable, "unlock the program that serves it, such as 1Password, and answer what it asks; timeout= is how long to wait"
	case errors.Is(err, errNotFIFO):
		return secretmux.ErrInvalid, "drop fifo=true for a plain file; a FIFO is what a program such as 1Password mounts"
	case errors.Is(err, steady.ErrFIFO):
		return secretmux.ErrInvalid, "add fifo=true if a program such as 1Password serves it"
	case errors.Is(err, fs.ErrPermission):
		return secretmux.ErrDenied, "let the user of this process read the file"
	case errors.Is(err, steady.ErrDirectory):
		return secretmux.ErrInvalid, hintFile + "; " + steady.HintDirectory
	case errors.Is(err, steady.ErrNotRegular), errors.Is(err, place.ErrNotFolder), steady.NotAPath(err):
		return secretmux.ErrInvalid, hintFile
	}
	return secretmux.ErrUnavailable, "check the disk or the mount"
}

const hintFile = "name a regular file, as in dotenv:.env"
