package secretmux

import (
	"context"
	"errors"
	"slices"
)

// errNoAnswer is the error for a provider that returns the zero Secret and no
// error, as one that says "absent" in that way would. An empty value is not zero.
var errNoAnswer = &Error{
	Class: ErrCorrupt, Err: errors.New("the provider returned neither a secret nor an error"),
	Hint: "it must return ErrNotFound for an absent secret, and NewSecret for an empty one",
}

// errPanicked is the error for a panic of a provider.
var errPanicked = &Error{
	Op: "get", Err: errors.New("the provider panicked"), Hint: "it is a bug of the provider",
}

// stamp gives a secret the link's source and lifetime.
func (l *link) stamp(s Secret) Secret {
	return s.with(func(p *payload) {
		if p.meta.Source == "" || !composite(l.provider) {
			p.meta.Source = l.source
		}
		if l.policy.ttl != nil {
			p.meta.TTL, p.fixed = *l.policy.ttl, true
			if p.meta.TTL == 0 {
				p.meta.TTL = -1 // ttl=0 means not at all; zero in Meta leaves it to the store
			}
		}
		if l.policy.stale != nil {
			p.stale = l.policy.stale
		}
	})
}

// fail turns the error of a call into an *Error of this link. The call was made
// for ctx and ran within a context of its own.
func (l *link) fail(ctx, within context.Context, op, name string, err error) error {
	e := l.describe(ctx, within, err)
	if e.Op == "" || op != "get" {
		e.Op = op
	}
	if name != "" {
		e.Name = name
	}
	if e.Source == "" || !composite(l.provider) {
		e.Source = l.source
	}
	if slices.Contains(l.policy.on, e.Class) {
		e.pass = true
	}
	return e
}

func (l *link) describe(ctx, within context.Context, err error) *Error {
	var inner *Error
	known := errors.As(err, &inner)
	class := ClassOf(err)
	outage := class == nil || errors.Is(class, ErrUnavailable)
	switch {
	case outage && ctx.Err() != nil:
		return &Error{Err: ctx.Err()}
	case class == nil && within.Err() != nil, outage && isContextError(err):
		// The cause is left out: it would pass for the caller's own deadline.
		return &Error{
			Class: ErrUnavailable, Err: errors.New("no answer in time; the limit is " + l.policy.timeout.String()),
			Hint: "check that the backend can be reached, or raise timeout=",
		}
	case !known:
		return &Error{Class: class, Err: err}
	case error(inner) == err: //nolint:errorlint // asks whether anything wraps it
		own := *inner
		return &own
	}
	return &Error{Op: inner.Op, Name: inner.Name, Source: inner.Source, Class: class, Hint: inner.Hint, Err: err, pass: inner.pass, stop: inner.stop}
}

func isContextError(err error) bool {
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
}

// composite reports whether p is made of links, whose sources are more precise.
func composite(p Provider) bool {
	switch p.(type) {
	case *Chain, *Replicas, *Store:
		return true
	}
	return false
}
