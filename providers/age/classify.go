package age

import (
	"context"
	"errors"
	"io/fs"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/age/internal/fault"
)

var (
	errAbsent    = &fault.Error{Class: secretmux.ErrNotFound, Problem: "the file does not have this key, or its value is empty", Hint: "add it with secretmux set NAME; upper and lower case matter"}
	errOtherName = &fault.Error{Class: secretmux.ErrNotFound, Problem: "the file holds another secret", Hint: "ask for the name that name= gives; if the file is a .env file, leave out name="}
	errTwoKeys   = fault.Invalid("this name fits several keys of the file", "keep one of the keys")
)

// goneError says that the file is missing. It is fs.ErrNotExist, in words of ours.
type goneError struct{}

func (goneError) Error() string { return "the file does not exist" }

func (goneError) Is(target error) bool { return target == fs.ErrNotExist }

// fail makes the one error type of every failure here, or nil of nil.
func (p *Provider) fail(op, name string, err error) error {
	return p.opts.fail(op, name, err)
}

func (o Options) fail(op, name string, err error) error {
	if err == nil {
		return nil
	}
	class, hint, cause := o.classify(err)
	return &secretmux.Error{Op: op, Name: name, Source: o.uri().String(), Class: class, Hint: hint, Err: cause}
}

// classify maps an error to a class, to a hint, and to a cause that quotes nothing.
func (o Options) classify(err error) (class error, hint string, cause error) {
	var (
		known *fault.Error
		ours  *secretmux.Error // from package dotenv, or for a name that another name has claimed
	)
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return nil, "", err
	case errors.As(err, &known):
		return known.Class, known.Hint, known
	case errors.As(err, &ours):
		return ours.Class, ours.Hint, ours.Err
	case errors.Is(err, fs.ErrNotExist):
		if class = o.Missing; class == nil {
			class = secretmux.ErrUnavailable
		}
		return class, "commit the file, or correct its path; missing=absent lets a chain go on without it", goneError{}
	case errors.Is(err, fs.ErrPermission):
		return secretmux.ErrDenied, "give the user of this process permission to read the file", fs.ErrPermission
	}
	return secretmux.ErrUnavailable, "check the disk or the mount", errors.New(systemSays(err))
}
