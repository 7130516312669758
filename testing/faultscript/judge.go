package faultscript

import (
	"errors"
	"fmt"
	"slices"

	"github.com/secretmux/secretmux"
)

// judge returns the faults in the outcome of a read that must fail.
func (r Row) judge(s *Subject, secret secretmux.Secret, err error) []string {
	var problems []string
	report := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	if leak := leakIn(err); leak != "" {
		return []string{leak} // the error's own text must not be printed
	}
	class := secretmux.ClassOf(err)
	switch {
	case err == nil:
		report("Get succeeded, want %v", r.Want)
	case !slices.ContainsFunc(r.Want, func(want error) bool { return errors.Is(class, want) }):
		report("the class is %v, want one of %v; the error is: %v", class, r.Want, err)
	}
	if err != nil && !secret.IsZero() {
		report("Get returned a secret beside its error")
	}
	return append(problems, r.count(s)...)
}

// count checks the number of calls. If there was no call, the read did not meet the
// fault, and its result proves nothing.
func (r Row) count(s *Subject) []string {
	switch calls := s.Calls(); {
	case calls > r.MaxCalls:
		return []string{fmt.Sprintf("the read took %d calls, want at most %d", calls, r.MaxCalls)}
	case calls < 1 && r.Fault != RefusedConnection:
		return []string{"no call reached the backend, so the fault was not met"}
	}
	return nil
}
