package cli

import (
	"context"
	"errors"
	"slices"

	"github.com/secretmux/secretmux"
)

// The exit codes, which scripts rely on. run passes its command's own code on,
// and has 125 to 127 besides.
const (
	codeGood        = 0
	codeFindings    = 1 // lint, scan, diff, age, check-example found something
	codeUsage       = 2 // the command line, a config string or a name is wrong
	codeNotFound    = 3
	codeDenied      = 4 // denied, or not known to the store
	codeUnavailable = 5 // worth a retry
	codeUnusable    = 6 // disabled, corrupt, too large, refused
	codeNotStarted  = 125
	codeNotRunnable = 126
	codeNoCommand   = 127
	codeSignal      = 128 // and the signal's number
)

// errFindings is for a command that worked and has bad news, which it printed.
var errFindings = errors.New("there are findings")

// errSilentUsage is for a command line that was answered with help.
var errSilentUsage = errors.New("no command was given")

// codeError is an error that says its exit code itself. A nil err prints nothing.
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

// exitCode is the code of an error. Of several failures it is the one that a
// retry helps least.
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

// failures takes apart what is several failures. An *Error is one, whatever is
// below it.
func failures(err error) []error {
	switch e := err.(type) { //nolint:errorlint // walks the tree itself
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
	default: // invalid, unsupported, closed, and what has no class: the set-up
		return codeUsage
	}
}
