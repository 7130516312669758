package faultscript

import (
	"time"

	"github.com/secretmux/secretmux"
)

// DefaultName is the secret that [Run] reads unless Subject.Name says otherwise:
// lower-case letters, which every backend can hold.
const DefaultName = "faulty"

// No error may hold a part of these texts. They are letters and digits, so that no
// quoting or encoding of a URL changes them.
const (
	// Canary is what a fake puts into its values and bodies.
	Canary = "Hc7RmWq3ZtKv9XpLs5BnYd2f"
	// Credential is what a fake accepts as token, password or secret key.
	Credential = "Jx4TgNb8VzFw6QkEu1MsCa3y" //nolint:gosec // it opens nothing but fakes
)

// Subject is one provider with one fresh backend that has a fault.
type Subject struct {
	// Provider is the provider under test. It is closed after the row. Required.
	Provider secretmux.Provider
	// Calls counts the requests that reached the backend. If the fault is that no
	// backend can be reached, it counts those that reached the transport. Logins made
	// before the read don't count. Required.
	Calls func() int
	// Name is the secret to read. Empty means DefaultName.
	Name string
	// Timeout limits the read. Zero means 2 seconds, for Hang half a second.
	Timeout time.Duration
	// NotApplicable says why the backend can't misbehave in this way, as in "the
	// protocol has no checksum". The row is then skipped, and all other fields
	// are ignored.
	NotApplicable string
	// Want replaces the row's classes. MaxCalls replaces its number of calls, unless
	// it is zero. Both need a Reason, which is logged.
	Want     []error
	MaxCalls int
	Reason   string

	// patience is how much longer than its limit a read may take. Zero means slack.
	// The tests of this package shorten it.
	patience time.Duration
}

func (s *Subject) problem() string {
	switch {
	case s == nil:
		return "the row has no subject; set NotApplicable if the backend can't play it"
	case s.NotApplicable != "":
		return ""
	case s.Provider == nil || s.Calls == nil:
		return "the subject lacks Provider or Calls"
	case (s.Want != nil || s.MaxCalls != 0) && s.Reason == "":
		return "the subject expects another result than the script and gives no Reason"
	}
	return ""
}

func (s *Subject) name() string {
	if s.Name == "" {
		return DefaultName
	}
	return s.Name
}

func (s *Subject) timeout(f Fault) time.Duration {
	switch {
	case s.Timeout != 0:
		return s.Timeout
	case f == Hang:
		return 500 * time.Millisecond
	}
	return 2 * time.Second
}

func (s *Subject) slack() time.Duration {
	if s.patience != 0 {
		return s.patience
	}
	return slack
}
