package secretmux

import (
	"context"
	"errors"
	"reflect"
	"time"
)

// stamp gives a secret the link's source and lifetime.
//
// What is made of links below has its own source already, which says more. What stores
// keep of a secret, and a user sees in Source, is always one link of the config string.
func (l *link) stamp(name string, s Secret) Secret {
	return s.with(func(p *payload) {
		if p.meta.Source == "" || l.inner == nil {
			p.meta.Source = l.source
		}
		// The innermost link knows what its backend calls the secret. One further out
		// only knows its own name for it.
		if p.alias == "" {
			p.alias = l.backendName(name)
		}
		if l.policy.ttl != nil {
			// fixed tells ttl= from a provider's advice: what a user wrote holds even
			// in a store that keeps nothing.
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
//
// It is asked for with each read, and kept with the value: a message comes long after,
// and names no link.
func (l *link) backendName(name string) string {
	if p, ok := l.provider.(interface{ BackendName(name string) string }); ok {
		return hook(func() string { return p.BackendName(name) })
	}
	return ""
}

// finish makes of a batch's result what a single read would have given: source,
// lifetime and errors must not depend on how a name was read.
func (l *link) finish(ctx context.Context, name string, r Result) Result {
	if r.Err == nil && r.Secret.IsZero() {
		r.Err = errNoAnswer
	}
	if r.Err = sound(r.Err); r.Err != nil {
		r.Err = l.timedOut(ctx, ctx, r.Err) // some batch calls tell each name that the time is over
		return Result{Name: name, Err: l.fail("get", name, r.Err)}
	}
	return Result{Name: name, Secret: l.stamp(name, r.Secret)}
}

// fail turns the error of a call into an *Error of this link.
func (l *link) fail(op, name string, err error) error {
	e := l.describe(err)
	// A provider often says "get" in all its errors. For any other call the link knows
	// better.
	if e.Op == "" || op != "get" {
		e.Op = op
	}
	if name != "" {
		e.Name = name
	}
	// A provider may name an address of its own, such as a host without its parameters.
	// The link's URI is the one that the user wrote, and finds again.
	if e.Source == "" || l.inner == nil {
		e.Source = l.source
	}
	// The cache plans its next try by this, so that it does not come while the gate is
	// closed.
	if e.RetryAt.IsZero() {
		e.RetryAt = l.gate.opens(err)
	}
	return e
}

// describe is err as an *Error that the link may change: the provider may return the
// same one each time, and others may hold it.
func (l *link) describe(err error) *Error {
	inner := outermost(err)
	switch class := ClassOf(err); {
	case inner == nil:
		return &Error{Class: class, Err: err}
	// Nothing is wrapped around it, so that a copy loses nothing.
	case error(inner) == err: //nolint:errorlint // asks whether anything wraps it
		own := *inner
		return &own
	default:
		// Something is wrapped around it. The text of that may say more, and its own
		// class may differ from the inner one.
		return &Error{Op: inner.Op, Name: inner.Name, Source: inner.Source, Class: class, Hint: inner.Hint, RetryAt: inner.RetryAt, Err: err}
	}
}

// errNoAnswer is the error for a provider that returns the zero Secret and no
// error, as one that says "absent" in that way would. An empty value is not zero.
var errNoAnswer = &Error{
	Class: ErrCorrupt, Err: errors.New("the provider returned neither a secret nor an error"),
	Hint: "it must return ErrNotFound for an absent secret, and NewSecret for an empty one",
}

// notCalledError is the cause of an error for a call that was not made, because others
// hang. Trying again at once makes no sense.
type notCalledError string

func (e notCalledError) Error() string { return "not called, " + string(e) }

// Is makes it one of those errors after which there is no second try: it would be
// refused as well.
func (e notCalledError) Is(target error) bool { return target == errAbandoned }

// reopening is the last error of the backend while the gate is closed.
//
// It is the backend's own word rather than "the gate is closed", because that is what a
// reader has to act on. RetryAt is a copy's: the error itself has other holders.
func reopening(last error, at time.Time) error {
	e := Error{Class: ErrUnavailable, Err: last}
	if inner := outermost(last); inner != nil && error(inner) == last { //nolint:errorlint // asks whether anything wraps it
		e = *inner
	}
	e.RetryAt = at
	return &e
}

// errPanicked is the error for a provider that panicked or ended its goroutine.
var errPanicked = &Error{
	Op: "get", Err: errors.New("the provider panicked"), Hint: "it is a bug of the provider",
}

// errUnsound is the error for a provider whose error panics when it is asked for
// anything, as a nil pointer in it does. That is not nil.
var errUnsound = &Error{
	Op: "get", Err: errors.New("the provider returned an error that panics, as one that is or holds a nil pointer"),
	Hint: "it is a bug of the provider: its functions must return error, not a type of its own",
}

// sound is err, or what to say in its place where its methods panic: each holder
// of the error calls them, in goroutines that do not recover.
func sound(err error) (clean error) {
	if err == nil {
		return nil
	}
	if e, own := err.(*Error); own && e != nil && e.Err == nil { //nolint:errorlint // the common case
		return err
	}
	// A nil pointer may have methods that do not panic, and say something that is not
	// true.
	if v := reflect.ValueOf(err); v.Kind() == reflect.Pointer && v.IsNil() {
		return errUnsound
	}
	defer func() {
		if recover() != nil {
			clean = errUnsound
		}
	}()
	// All that is asked of an error later is asked here once, with a recover around
	// it.
	_, _, _ = err.Error(), ClassOf(err), outermost(err)
	_ = errors.Is(err, errAbandoned)
	return err
}

// hook asks a provider for what is not a read: its name for a secret, its pace. Where
// it panics, it has said nothing. It runs in goroutines of a store, where nobody else
// could recover.
func hook[T any](f func() T) (answer T) {
	defer func() { _ = recover() }()
	return f()
}

// outageIn is what the results of a batch call say of the backend as a whole: it
// throttles if it says so for one name, and is down if it says so for all.
func outageIn(results []Result) error {
	var down error
	answered := false
	for _, r := range results {
		err := sound(r.Err)
		switch class := ClassOf(err); {
		// One name is enough: a backend that throttles means the caller, not the name.
		case errors.Is(class, ErrThrottled):
			return err
		// One name may fail for a reason of its own. Only all of them say that the
		// backend is down.
		case errors.Is(class, ErrUnavailable) || class == nil && isContextError(err):
			down = err
		default:
			answered = true
		}
	}
	if answered {
		return nil
	}
	return down
}

// answers reports whether a read that ended with err shows that its name neither
// hangs nor spoils a batch.
//
// An error without a class is an answer of neither kind.
func answers(err error) bool {
	class := ClassOf(err)
	return err == nil || class != nil &&
		!errors.Is(class, ErrUnavailable) && !errors.Is(class, ErrThrottled) && !errors.Is(class, ErrInvalid)
}

// provesNothing reports whether the error of a whole batch call says nothing about any
// one of its names. "Not found" must not be believed then: a chain would go on to a
// weaker source for secrets that are there. A composition below has looked at each name
// itself.
func (l *link) provesNothing(err error) bool {
	class := ClassOf(err)
	return l.inner == nil && (errors.Is(class, ErrNotFound) || errors.Is(class, ErrInvalid) || errors.Is(class, ErrDisabled) ||
		errors.Is(class, errors.ErrUnsupported))
}
