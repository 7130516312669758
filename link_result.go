package secretmux

import "errors"

// errNoAnswer is the error for a provider that returns the zero Secret and no
// error, as one that says "absent" in that way would. An empty value is not zero.
var errNoAnswer = &Error{
	Class: ErrCorrupt, Err: errors.New("the provider returned neither a secret nor an error"),
	Hint: "it must return ErrNotFound for an absent secret, and NewSecret for an empty one",
}

// stamp gives a secret the link's source and lifetime.
func (l *link) stamp(name string, s Secret) Secret {
	return s.with(func(p *payload) {
		if p.meta.Source == "" || l.inner == nil {
			p.meta.Source = l.source
		}
		if p.alias == "" {
			p.alias = l.backendName(name)
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

// backendName is what the backend itself calls the secret: with the link's
// folder in front, or the document that it is a member of. Messages of a broker
// use that name. Empty means that the provider does not say.
func (l *link) backendName(name string) string {
	if p, ok := l.provider.(interface{ BackendName(name string) string }); ok {
		return p.BackendName(name)
	}
	return ""
}

// fail turns the error of a call into an *Error of this link.
func (l *link) fail(op, name string, err error) error {
	e := l.describe(err)
	if e.Op == "" || op != "get" {
		e.Op = op
	}
	if name != "" {
		e.Name = name
	}
	if e.Source == "" || l.inner == nil {
		e.Source = l.source
	}
	if e.RetryAt.IsZero() {
		e.RetryAt = l.gate.opens(err)
	}
	return e
}

func (l *link) describe(err error) *Error {
	inner := outermost(err)
	switch class := ClassOf(err); {
	case inner == nil:
		return &Error{Class: class, Err: err}
	case error(inner) == err: //nolint:errorlint // asks whether anything wraps it
		own := *inner
		return &own
	default:
		return &Error{Op: inner.Op, Name: inner.Name, Source: inner.Source, Class: class, Hint: inner.Hint, RetryAt: inner.RetryAt, Err: err}
	}
}
