package secretmux

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/secretmux/secretmux/cache"
	"github.com/secretmux/secretmux/internal/room"
)

const (
	throttlePause    = time.Second
	throttlePauseMax = time.Minute

	outageFailures = 3 // consecutive ones close the gate
	outagePause    = 100 * time.Millisecond
	outagePauseMax = time.Second

	maxAbandoned = 16 // calls of one link that go on although no caller waits for them
)

// gate decides whether a link calls its provider now. It holds calls back in
// three cases, and they then fail at once instead of waiting, so that nothing
// hangs:
//
//   - The backend said that there are too many calls (the throttle). More calls
//     would only make the pause longer, so nothing passes.
//   - The backend is down (the outage gate): three failures in a row. One call in
//     100 ms, 200 ms ... 1 s is let through to see whether it is back.
//   - Calls that ignore their context pile up: one that still runs for a name, or
//     16 in all. Without this limit a mount that hangs would take a goroutine for
//     each read.
//
// What is more than the room for calls side by side waits, within its timeout.
//
// A link over other links only has the third case: those have gates of their own,
// and one of them that is down must not close the way to the others.
type gate struct {
	shared   bool // the link is over other links; set before the first call
	together bool // its calls wait for one fetch; set before the first call

	mu sync.Mutex

	throttledUntil time.Time
	throttlings    int

	failures int           // consecutive outages
	pause    time.Duration // the present one; zero while the gate is open
	until    time.Time     // when the next probe may pass
	last     error         // what the backend said last

	room room.Room // how many may run at a time

	calls   tickets        // those under way, abandoned ones too
	idle    chan struct{}  // closed when no call runs any more; nil while no caller waits for that
	left    int            // abandoned calls
	hanging map[string]int // abandoned calls by name
}

// enter lets a call through or says why not. It waits while too many run, until
// ctx ends, whose error it then returns. A caller that was let through must call
// leave. pass opens the outage gate, and nothing else; a check, which asks how
// the backend does, is held back only by calls that hang.
func (g *gate) enter(ctx context.Context, t *ticket, pass bool) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	for {
		turn, err := g.admitLocked(t, pass)
		if turn == nil {
			return err
		}
		if err := g.waitLocked(ctx, turn); err != nil {
			return err
		}
	}
}

// waitLocked gives up the lock until the turn is given, or ctx ends.
func (g *gate) waitLocked(ctx context.Context, turn *room.Turn) error {
	g.mu.Unlock()
	var ended error
	select {
	case <-turn.Given():
	case <-ctx.Done():
		ended = ctx.Err()
	}
	g.mu.Lock()
	if ended != nil {
		g.room.Withdraw(turn, g.calls.n)
		return ended
	}
	g.room.Take(g.calls.n)
	return nil
}

// admitLocked is one attempt to enter. It returns what to wait for where there is no
// room.
func (g *gate) admitLocked(t *ticket, pass bool) (turn *room.Turn, err error) {
	check := t.key == checkKey
	if err := g.refuseLocked(t.key, check); err != nil {
		return nil, err
	}
	closed := g.pause > 0 && !pass && !check
	switch {
	case closed && time.Now().Before(g.until):
		return nil, reopening(g.last, g.until)
	case !g.shared && !g.together && !check && g.room.Full(g.calls.n):
		return g.room.Wait(), nil
	case closed: // This call is the probe. Others wait for their turn, even if it hangs.
		g.pause = min(2*g.pause, outagePauseMax)
		g.until = time.Now().Add(g.pause)
	}
	t.began = time.Now()
	g.calls.add(t)
	return nil, nil //nolint:nilnil // there is nothing to wait for
}

// refuseLocked holds a call back, whichever caller makes it: the backend
// throttles, or other calls hang.
func (g *gate) refuseLocked(key string, check bool) error {
	left := time.Duration(0)
	if !g.throttledUntil.IsZero() && !check { // without it, a cold read looks at the clock once less
		left = time.Until(g.throttledUntil)
	}
	if left > 0 {
		return &Error{
			Class: ErrThrottled, Err: errors.New("not called, as the backend throttles"), RetryAt: g.throttledUntil,
			Hint: "calls resume in " + left.Round(time.Millisecond).String() + "; read fewer names, or raise ttl=",
		}
	}
	return g.crowdedLocked(key)
}

// crowdedLocked refuses a call that would join others which don't return.
func (g *gate) crowdedLocked(key string) error {
	problem := ""
	switch {
	case g.hanging[key] > 0:
		problem = "as an earlier call for it has not returned"
	case g.left >= maxAbandoned:
		problem = "as 16 earlier calls have not returned"
	default:
		return nil
	}
	return &Error{
		Class: ErrUnavailable, Err: notCalledError(problem),
		Hint: "the provider does not stop when its context ends, as a read of a mount that hangs does not; check the backend",
	}
}

// notCalledError is the cause of an error for a call that was not made, because others
// hang. Trying again at once makes no sense.
type notCalledError string

func (e notCalledError) Error() string { return "not called, " + string(e) }

func (e notCalledError) Is(target error) bool { return target == errAbandoned }

// reopening is the last error of the backend while the gate is closed.
func reopening(last error, at time.Time) error {
	e := Error{Class: ErrUnavailable, Err: last}
	if inner := outermost(last); inner != nil && error(inner) == last { //nolint:errorlint // asks whether anything wraps it
		e = *inner
	}
	e.RetryAt = at
	return &e
}

// note takes in the outcome of a call, of its second try only a success. The gate
// opens after any answer that shows that the backend is there. A check proves
// nothing about reads.
func (g *gate) note(key string, err error, second bool) {
	if key == checkKey || g.shared {
		return
	}
	now := time.Now()
	g.mu.Lock()
	defer g.mu.Unlock()
	g.noteLocked(err, now, second)
}

func (g *gate) noteLocked(err error, now time.Time, second bool) {
	class := ClassOf(err)
	switch {
	case errors.Is(class, ErrThrottled):
		// Calls that were under way together count once.
		if !now.Before(g.throttledUntil) {
			g.throttlings++
			// Half the cache's own back-off, which must not meet a closed gate.
			g.throttledUntil = now.Add(cache.Backoff(g.throttlings, throttlePause, throttlePauseMax) / 2)
		}
	case errors.Is(class, ErrUnavailable):
		g.last = err
		if !second { // both tries of one read count once
			g.failures++
		}
		if g.failures >= outageFailures && g.pause == 0 {
			g.pause = outagePause
			g.until = now.Add(g.pause)
		}
	case err != nil && class == nil: // its caller gave up, or that is unknown: a sign of neither
	case errors.Is(class, errors.ErrUnsupported): // the provider can't do it and made no call
	default:
		g.failures, g.pause, g.last = 0, 0, nil
		if err == nil && !now.Before(g.throttledUntil) {
			g.throttlings = 0
		}
	}
}

// closed reports whether calls are held back.
func (g *gate) closed() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.pause > 0 || time.Now().Before(g.throttledUntil)
}

// opens is when a call that failed with err may be made again; zero when that is
// now.
func (g *gate) opens(err error) time.Time {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch class := ClassOf(err); {
	case errors.Is(class, ErrThrottled):
		return g.throttledUntil
	case errors.Is(class, ErrUnavailable) && g.pause > 0:
		return g.until
	}
	return time.Time{}
}

// end is leave and note in one, for the call that each cold read makes, and returns how
// long it took. The outcome of an abandoned call counts as neither a success nor a failure.
func (g *gate) end(t *ticket, err error, second bool) (took time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if err == nil && g.quietLocked() && !t.abandoned {
		g.leaveLocked(t, t.began)
		return 0
	}
	now := time.Now()
	g.leaveLocked(t, now)
	if !t.abandoned {
		g.noteLocked(err, now, second)
	}
	return now.Sub(t.began)
}

// quietLocked says that a call which succeeds changes nothing: none waits, and no
// failure came before. It needs no clock then.
func (g *gate) quietLocked() bool {
	return g.room.Empty() && g.failures == 0 && g.pause == 0 && g.last == nil && g.throttlings == 0
}
