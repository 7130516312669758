// Package fault has the one error that reading and changing encrypted files makes.
package fault

import (
	"strconv"

	"github.com/secretmux/secretmux"
)

// Error is a problem with a file, with its class and a hint. It quotes nothing of the
// file.
type Error struct {
	Class         error
	Problem, Hint string
}

func (e *Error) Error() string { return e.Problem }

// Unwrap returns the class.
func (e *Error) Unwrap() error { return e.Class }

// Corrupt is a file that can't be trusted.
func Corrupt(problem string) *Error {
	return &Error{
		Class: secretmux.ErrCorrupt, Problem: problem,
		Hint: "restore the file from version control; change and merge it only with secretmux edit or sops edit",
	}
}

// Invalid is a problem that only another file or another option solves.
func Invalid(problem, hint string) *Error {
	return &Error{Class: secretmux.ErrInvalid, Problem: problem, Hint: hint}
}

// At says in which line a problem is. Lines are counted from 1.
func At(line int, e *Error) *Error {
	return &Error{Class: e.Class, Problem: "line " + strconv.Itoa(line) + ": " + e.Problem, Hint: e.Hint}
}

// FIPS is the error of every use of age and sops while only FIPS 140 is allowed.
func FIPS() *Error {
	return Invalid("GODEBUG=fips140=only forbids the algorithms of age and sops", "use a cloud backend if FIPS 140 is required; otherwise set fips140=on")
}
