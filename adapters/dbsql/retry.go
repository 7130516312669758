package dbsql

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/secretmux/secretmux"
)

const (
	waitFirst = 25 * time.Millisecond
	waitLimit = 400 * time.Millisecond
)

// Do calls try with the newest value. If its error is a refused login by
// [Options.AuthError], Do calls it again as [Options.Patience] says. Before the login,
// try must not send anything that must not be sent twice. If many clients may log in at
// once, or if the secret has a lease, try calls Opening before the login and Opened
// after it:
//
//	err := login.Do(ctx, func(ctx context.Context, s secretmux.Secret) error {
//		if err := login.Opening(); err != nil {
//			return err
//		}
//		began := time.Now()
//		conn, err = dial(ctx, s.Reveal())
//		if err != nil {
//			return err
//		}
//		lease = login.Opened(s, began)
//		return nil
//	})
//
// If the login stays refused, the error is a *[secretmux.Error] of class
// ErrUnauthenticated. Its text has nothing of the driver's text, and errors.As finds
// the driver's error. If ctx ends while Do waits, the error wraps the error of ctx.
// After Close it is ErrClosed. All other errors of try are returned unchanged.
func (l *Login) Do(ctx context.Context, try func(ctx context.Context, s secretmux.Secret) error) error {
	for w := (wait{}); ; w.tries++ {
		if w.tries > 0 {
			l.counters.retries.Add(1)
		}
		s, err := l.current(ctx)
		if err != nil {
			return err
		}
		err = try(ctx, s)
		var early *earlyError
		switch {
		case err == nil:
			return nil
		case errors.As(err, &early):
			err = early.refusal()
		case l.opts.refused(err):
			l.refuse(s, err)
		default:
			return err
		}
		if err := l.await(ctx, s, &w, err); err != nil {
			return err
		}
	}
}

// wait is the state of one call of Do that waits.
type wait struct {
	tries int // after the first
	step  time.Duration
	until time.Time // zero while nothing was refused
}

// await returns nil when another try makes sense after s was refused. Otherwise it
// returns the error for the caller.
func (l *Login) await(ctx context.Context, s secretmux.Secret, w *wait, refused error) error {
	patience := l.opts.Patience
	if w.until.IsZero() {
		w.until, w.step = time.Now().Add(patience), waitFirst
	}
	for {
		news := l.listen()
		changed, err := l.renew(ctx, s, w.until)
		left := time.Until(w.until)
		switch {
		case l.done.Err() != nil:
			return closedError(l.live.Ref())
		case ctx.Err() != nil:
			return contextError(l.live.Ref(), ctx.Err(), "the last login was refused")
		case changed && (patience > 0 || w.tries == 0):
			return nil
		case patience == 0 || left <= 0:
			return l.refusedError(refused, err)
		}
		l.sleep(ctx, min(w.next(), left), news)
		if ctx.Err() == nil && l.done.Err() == nil && l.due() == nil {
			return nil
		}
	}
}

// next is how long to wait now. It is random, and at least half of the step, because
// all waiting logins began at the same time.
func (w *wait) next() time.Duration {
	d := w.step/2 + rand.N(w.step/2) //nolint:gosec // it only spreads the tries
	w.step = min(2*w.step, waitLimit)
	return d
}

// renew makes the store read the secret again, and reports whether a value other than s
// is in use now.
func (l *Login) renew(ctx context.Context, s secretmux.Secret, until time.Time) (changed bool, err error) {
	l.counters.refreshes.Add(1)
	bounded := ctx
	if l.opts.Patience > 0 {
		var cancel context.CancelFunc
		bounded, cancel = context.WithDeadline(ctx, until)
		defer cancel()
	}
	_, err = l.live.Renew(bounded, l.newest(s))
	if bounded.Err() != nil && ctx.Err() == nil {
		err = nil // Patience is over, which says nothing about the secret
	}
	now, failed := l.current(ctx)
	return failed == nil && !now.Equal(s), err
}

// newest is the value to renew after s was refused. A newer value that use did not
// accept is not better than s.
func (l *Login) newest(s secretmux.Secret) secretmux.Secret {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.spurned != nil {
		return l.spurned.secret
	}
	return s
}

// listen returns a channel that closes at the next news.
func (l *Login) listen() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.news
}

func (l *Login) sleep(ctx context.Context, d time.Duration, news <-chan struct{}) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-news:
	case <-ctx.Done():
	case <-l.done.Done():
	}
}
