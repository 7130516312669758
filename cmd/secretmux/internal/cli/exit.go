package cli

import (
	"context"
	"errors"
	"slices"

	"github.com/secretmux/secretmux"
)

// The exit codes. Scripts rely on them. run returns the code of its command, or 125
// to 127 if the command was not started.
const (
	codeGood        = 0
	codeFindings    = 1 // lint, scan, diff, age, check-example found something
	codeUsage       = 2 // the command line, a config string or a name is wrong
	codeNotFound    = 3
	codeDenied      = 4 // denied, or the store does not know the caller
	codeUnavailable = 5 // a retry may help
	codeUnusable    = 6 // disabled, corrupt, too large, refused
	codeNotStarted  = 125
	codeNotRunnable = 126
	codeNoCommand   = 127
	codeSignal      = 128 // plus the number of the signal
)

// errFindings is for a command that worked and printed bad news.
var errFindings = errors.New("there are findings")

// errSilentUsage is for a command line without a command. Help was printed instead
// of an error.
var errSilentUsage = errors.New("no command was given")

// codeError is an error that sets the exit code. If err is nil, nothing is printed.
type codeError struct {
	code int
	err  error
}

func (e *codeError) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

func (e *codeError) Unwrap() error { return e.err }

// exitCode returns the code of an error. For several failures it returns the code
// of the one that a retry helps least.
func exitCode(err error) int {
	var coded *codeError
	switch {
	case err == nil:
		return codeGood
	case errors.As(err, &coded):
		return coded.code
	}
	worst := codeFindings
	for _, one := range failures(err) {
		if code := codeOf(one); urgency(code) > urgency(worst) {
			worst = code
		}
	}
	return worst
}

// urgency orders the codes by how little a retry helps.
func urgency(code int) int {
	return slices.Index([]int{codeFindings, codeUnavailable, codeNotFound, codeUsage, codeUnusable, codeDenied}, code)
}

// failures returns the failures that err joins. An *Error is one failure, whatever
// it wraps.
func failures(err error) []error {
	switch e := err.(type) { //nolint:errorlint // the function walks the tree of errors itself
	case *secretmux.Error:
		return []error{err}
	case *secretmux.ManyError:
		var all []error
		for _, one := range e.Failed {
			all = append(all, failures(one)...)
		}
		return all
	case interface{ Unwrap() []error }:
		var all []error
		for _, one := range e.Unwrap() {
			all = append(all, failures(one)...)
		}
		return all
	case interface{ Unwrap() error }:
		if below := e.Unwrap(); below != nil {
			return failures(below)
		}
	}
	return []error{err}
}

func codeOf(err error) int {
	switch class := secretmux.ClassOf(err); {
	case errors.Is(err, errFindings):
		return codeFindings
	case class == nil && errors.Is(err, context.DeadlineExceeded): // --timeout
		return codeUnavailable
	case errors.Is(class, secretmux.ErrDenied), errors.Is(class, secretmux.ErrUnauthenticated):
		return codeDenied
	case errors.Is(class, secretmux.ErrDisabled), errors.Is(class, secretmux.ErrCorrupt),
		errors.Is(class, secretmux.ErrTooLarge), errors.Is(class, secretmux.ErrRefused):
		return codeUnusable
	case errors.Is(class, secretmux.ErrNotFound):
		return codeNotFound
	case errors.Is(class, secretmux.ErrUnavailable), errors.Is(class, secretmux.ErrThrottled):
		return codeUnavailable
	default: // invalid, unsupported, closed or without a class: the set-up is wrong
		return codeUsage
	}
}
