package faultscript

import (
	"slices"

	"github.com/secretmux/secretmux"
)

// Row is a fault, with the reaction that every provider must show.
type Row struct {
	Fault Fault
	// Want are the classes that the error may have. Usually there is one class. There
	// are several if protocols can't distinguish two faults. No class means that the
	// read must not fail with a class: it succeeds, or ends with its caller's own
	// error.
	Want []error
	// MaxCalls is how many requests one read may cost.
	MaxCalls int
}

// Rows returns the whole script. A truncated body may count as a lost connection or
// as a malformed answer. A redirect may count as a wrong set-up, as an outage or as
// an answer that can't be trusted. For a deleted or disabled secret, a second call
// may be needed to distinguish it from an absent one.
func Rows() []Row {
	return []Row{
		{Absent, only(secretmux.ErrNotFound), 2},
		{Deleted, only(secretmux.ErrDisabled), 2},
		{Disabled, only(secretmux.ErrDisabled), 2},
		{Denied, only(secretmux.ErrDenied), 1},
		{Unauthenticated, only(secretmux.ErrUnauthenticated), 1},
		{Throttled, only(secretmux.ErrThrottled), 1},
		{ServerError, only(secretmux.ErrUnavailable), 1},
		{Unavailable, only(secretmux.ErrUnavailable), 1},
		{HTML, only(secretmux.ErrCorrupt), 1},
		{Empty, only(secretmux.ErrCorrupt), 1},
		{EmptyObject, only(secretmux.ErrCorrupt), 1},
		{Truncated, []error{secretmux.ErrUnavailable, secretmux.ErrCorrupt}, 1},
		{WrongChecksum, only(secretmux.ErrCorrupt), 1},
		{TooLarge, only(secretmux.ErrTooLarge), 1},
		{Redirect, []error{secretmux.ErrInvalid, secretmux.ErrUnavailable, secretmux.ErrCorrupt}, 1},
		{Hang, only(secretmux.ErrUnavailable), 1},
		{RefusedConnection, only(secretmux.ErrUnavailable), 1},
		{NXDomain, only(secretmux.ErrUnavailable), 1},
		{Cancel, nil, 1},
		{Backwards, nil, 2},
	}
}

func only(class error) []error { return []error{class} }

// overridden is the row with the subject's own expectations.
func (r Row) overridden(s *Subject) Row {
	if s.Want != nil {
		r.Want = slices.Clone(s.Want)
	}
	if s.MaxCalls != 0 {
		r.MaxCalls = s.MaxCalls
	}
	return r
}
