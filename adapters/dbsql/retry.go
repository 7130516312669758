package dbsql

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/secretmux/secretmux"
)

const (
	waitFirst = 25 * time.Millisecond
	waitLimit = 400 * time.Millisecond
)

// Do runs try with the newest value, and again as [Options.Patience] says when its
// error is a refused login by [Options.AuthError]. try must send nothing before the
// login that would be wrong twice.
//
// A login that stays refused is a *[secretmux.Error] of class ErrUnauthenticated; its
// text is ours, and errors.As finds the driver's error. If ctx ends while Do waits,
// the error has ctx's; after Close it is ErrClosed. All other errors of try come back
// as they are.
func (l *Login) Do(ctx context.Context, try func(ctx context.Context, s secretmux.Secret) error) error {
	var w wait
	for {
		s, err := l.current(ctx)
		if err != nil {
			return err
		}
		refused := l.mustWait(&w)
		if refused == nil {
			l.count(&w)
			if err = try(ctx, s); err == nil || !l.opts.refused(err) {
				return err
			}
			l.refuse(s, err)
			refused = err
		}
		if err := l.await(ctx, s, &w, refused); err != nil {
			return err
		}
	}
}

func (l *Login) count(w *wait) {
	l.counters.dials.Add(1)
	if w.tries > 0 {
		l.counters.retries.Add(1)
	}
	w.tries++
}

// wait is how one call of Do waits.
type wait struct {
	tries int
	step  time.Duration
	until time.Time // zero while nothing was refused
}

// await returns nil when it makes sense to try again after s was refused, and else
// the error to return.
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
		case changed && (patience > 0 || w.tries == 1):
			return nil
		case patience == 0 || left <= 0:
			return l.refusedError(refused, err)
		}
		l.sleep(ctx, min(w.next(), left), news)
		if ctx.Err() == nil && l.done.Err() == nil && l.mayTry() == nil {
			return nil
		}
	}
}

// next is how long to wait now: half of the step at least, as all that wait began at
// the same time.
func (w *wait) next() time.Duration {
	d := w.step/2 + rand.N(w.step/2) //nolint:gosec // it only spreads the tries
	w.step = min(2*w.step, waitLimit)
	return d
}

// renew has the secret read again, and reports whether a value other than s is in use
// now.
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

// newest is the value to renew after s was refused. A newer one that use did not
// accept is no better than s.
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
