package secretmux

import (
	"context"
	"errors"
	"math/rand/v2"
	"runtime"
	"time"

	"github.com/secretmux/secretmux/internal/underway"
)

const (
	// grace is how long a call may go on after its context ended before its
	// caller stops waiting. A provider that honours its context needs far less.
	grace = 100 * time.Millisecond

	quickFailure  = 250 * time.Millisecond // after a first try that took longer there is no second
	secondTryWait = 50 * time.Millisecond  // and up to as much again
)

// errAbandoned is the error for a call that went on when its time was over.
var errAbandoned = errors.New("the call does not stop although its time is over")

// bounded runs f for key within the link's timeout. It returns when that time is over, whatever
// f does: the result comes through a channel, so a call that ignores its context can be left
// behind. The error is f's own, a timeout's or the gate's.
func bounded[T any](ctx context.Context, l *link, key string, f func(context.Context) (T, error)) (T, error) {
	value, _, err := try(ctx, l, attempt{key: key}, f)
	return value, err
}

// attempt is one try of a call.
//
// second says that it is the second try. The failure of the first is counted already, and both
// tries of a read are one failure for the gate.
type attempt struct {
	key    string
	second bool
}

// outcome is what a call sends through its channel.
type outcome[T any] struct {
	value T
	err   error
}

// try makes one try, and returns how long the provider took.
//
// The order matters. The timeout begins before the gate is entered, so that waiting for room is
// part of it. The gate hears of the outcome last, when it is known whose time was over.
func try[T any](ctx context.Context, l *link, a attempt, f func(context.Context) (T, error)) (value T, took time.Duration, err error) {
	within, cancel := l.within(ctx)
	defer cancel()
	// The channel has room for the outcome, so that a call which was left behind can
	// end without a listener.
	c := &call[T]{gate: l.gate, Call: underway.Call{Key: a.key}, done: make(chan outcome[T], 1)}
	if err := l.gate.enter(within, &c.Call, modeOf(ctx).pass || a.second); err != nil {
		return value, 0, l.notCalled(ctx, err)
	}
	// Began is read before the call runs in its own goroutine: from then on the fields of the
	// call belong to the gate.
	began := c.Began
	go c.run(within, f)

	var o outcome[T]
	select {
	case o = <-c.done:
	case <-within.Done():
		o = c.linger()
	}
	took = time.Since(began)
	o.err = l.timedOut(ctx, within, o.err)
	l.gate.note(a.key, o.err, a.second)
	return o.value, took, o.err
}

// askInPlace is one try that is made in this goroutine.
//
// It is try for a caller that can be left behind itself. It must do all that try does: ask the
// gate, return the timeout's error, and catch a panic.
func (l *link) askInPlace(ctx context.Context, own *ownCall, a attempt, q question) (secret Secret, took time.Duration, err error) {
	t := &own.call
	// It is used up: this is a second try, or the read of a secret that lacks the version.
	if t.Load != nil {
		t = new(underway.Call)
	}
	t.Key, t.Load = a.key, ctx
	if err := l.gate.enter(ctx, t, own.mode.pass || a.second); err != nil {
		return Secret{}, 0, l.notCalled(ctx, err)
	}
	// If a provider ends its goroutine, only the deferred function runs. The cache then says
	// that the load failed.
	err = errPanicked
	defer func() {
		_ = recover() // err is errPanicked then
		err = l.timedOut(ctx, ctx, err)
		if took = l.gate.end(t, err, a.second); t.Abandoned() {
			err = errAbandoned // it came too late
		}
	}()
	secret, err = q.ask(ctx, l.provider)
	err = sound(err)
	return secret, took, err
}

// within is ctx with the link's timeout. The load of a store has a deadline of its own. With one
// link that deadline is not later than the timeout, so ctx is enough.
func (l *link) within(ctx context.Context) (context.Context, context.CancelFunc) {
	if deadline, ok := ctx.Deadline(); ok && modeOf(ctx).load && time.Until(deadline) <= l.policy.timeout {
		return ctx, func() {}
	}
	return context.WithTimeout(ctx, l.policy.timeout)
}

// call is one call of a provider.
//
// It embeds its record (underway.Call), so that a call is one allocation.
type call[T any] struct {
	underway.Call

	gate *gate
	done chan outcome[T]
}

// run makes the call in a goroutine of its own. The gate is told before the caller: a caller
// that then makes its next call must find the place free.
func (c *call[T]) run(ctx context.Context, f func(context.Context) (T, error)) {
	// If a provider ends its goroutine (runtime.Goexit, as t.FailNow in a fake does), only the
	// deferred function runs: the outcome must not be a success.
	deepen(false)
	o := outcome[T]{err: errPanicked}
	defer func() {
		if recover() != nil {
			o = outcome[T]{err: errPanicked}
		}
		c.gate.leave(&c.Call)
		c.done <- o
	}()
	value, err := f(ctx)
	o = outcome[T]{value, sound(err)}
}

// deepen makes room on the stack of a new goroutine while the stack is empty. Moving a stack
// with many calls on it costs more than the rest of a cold read. The array is there only to make
// the frame large.
//
//go:noinline
func deepen(really bool) {
	if really {
		var room [3 << 10]byte
		runtime.KeepAlive(&room)
	}
}

// linger waits a little longer for a call whose time is over, because the provider's own error
// says more than ours. Then it abandons the call.
func (c *call[T]) linger() outcome[T] {
	patience := time.NewTimer(grace)
	defer patience.Stop()
	select {
	case o := <-c.done:
		return o
	case <-patience.C:
	}
	// The gate's lock decides which came first: either the call has ended and its outcome is on
	// its way, or the call counts as left behind from now on.
	if !c.gate.abandon(&c.Call) {
		return <-c.done // it ended just now
	}
	return outcome[T]{err: errAbandoned}
}

// twice is one try and, if it makes sense, a second one. A backend that answers one call in a
// hundred with a 500 is in order, and must not make a service's start fail. The pause before the
// second try is at most 100 ms. There is a second try only if the first failed quickly and the
// backend itself said so. A background refresh is not tried again at once, as it has time. Nothing
// is tried again while the gate is closed.
//
// More tries would keep a backend down. After the second try, the cache's back-off decides.
func twice[T any](ctx context.Context, l *link, key string, try func(attempt) (T, time.Duration, error)) (T, error) {
	value, took, err := try(attempt{key: key})
	if err != nil && l.triesAgain(ctx, err, took) && l.pauseForSecond(ctx) {
		value, _, err = try(attempt{key: key, second: true})
	}
	return value, err
}

// pauseForSecond waits before a second try. It returns false if that must not be made any more.
//
// The pause is random, so that the clients of a backend that restarts do not all come back at
// the same moment.
func (l *link) pauseForSecond(ctx context.Context) bool {
	return pauseFor(ctx, secondTryWait+rand.N(secondTryWait)) && !l.gate.closed() //nolint:gosec // jitter needs no secrecy
}

// triesAgain reports whether a failed try may have a second one. In doubt there is none: a
// second call costs the backend work and the caller time.
func (l *link) triesAgain(ctx context.Context, err error, took time.Duration) bool {
	switch {
	case !errors.Is(ClassOf(err), ErrUnavailable), errors.Is(err, errTimeout), errors.Is(err, errAbandoned), !retryAt(err).IsZero():
		return false
	// A slow failure is a sign of load, and a second slow try would use up the time of the links
	// after this one.
	case took > quickFailure || took > l.policy.timeout/4:
		return false
	}
	m := modeOf(ctx)
	// Nobody waits for a background refresh, and once means that there is another replica.
	return l.retries() && !m.background && !m.once
}

// retries reports whether retry= or, without it, the provider allows a second
// try. A provider whose reads have a cost or an effect (a command that is run)
// says no by a method Retries.
func (l *link) retries() bool {
	if l.policy.retry != nil {
		return *l.policy.retry
	}
	if p, ok := l.provider.(interface{ Retries() bool }); ok {
		return hook(p.Retries)
	}
	return l.inner == nil // the links below have second tries of their own
}

// notCalled is the error for a call that the gate did not let through. The call may have waited
// for room until its time was over.
func (l *link) notCalled(ctx context.Context, err error) error {
	switch {
	case !isContextError(err):
		return err
	case ctx.Err() != nil:
		return &Error{Err: ctx.Err()}
	}
	return &Error{
		Class: ErrUnavailable, Err: timeoutError{limit: l.policy.timeout},
		Hint: "it waited for other calls, which did not return either; check the backend, or raise timeout=",
	}
}

// errTimeout marks the errors for a link's own timeout.
var errTimeout = errors.New("no answer in time")

// timedOut tells the link's own timeout from the end of the caller's context.
//
// The two look the same to a provider, but a caller must see the difference. After a timeout of
// ours, replicas go on and stale values are served; a caller who has left wants neither.
func (l *link) timedOut(ctx, within context.Context, err error) error {
	class := ClassOf(err)
	outage := class == nil || errors.Is(class, ErrUnavailable)
	switch {
	case err == nil || !outage:
		return err
	case ctx.Err() != nil:
		return &Error{Err: ctx.Err()}
	case class == nil && within.Err() != nil, isContextError(err):
		// The cause is left out: it would be taken for the caller's own deadline.
		return &Error{
			Class: ErrUnavailable, Err: timeoutError{l.policy.timeout, errors.Is(err, errAbandoned)},
			Hint: "check that the backend can be reached, or raise timeout=",
		}
	}
	return err
}

// timeoutError is the cause of the error for a link's own timeout.
type timeoutError struct {
	limit     time.Duration
	abandoned bool
}

func (e timeoutError) Error() string {
	text := "no answer in time; the limit is " + e.limit.String()
	if e.abandoned {
		text += ", and the call does not stop"
	}
	return text
}

// Is lets errors.Is find what kind of timeout it was. An error that it wrapped could be taken
// for the caller's own.
func (e timeoutError) Is(target error) bool {
	return target == errTimeout || e.abandoned && target == errAbandoned
}

// isContextError reports whether err is the end of some context, whichever it was.
func isContextError(err error) bool {
	return errors.Is(err, context.DeadlineExceeded) || errors.Is(err, context.Canceled)
}
