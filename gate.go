package secretmux

import (
	"container/list"
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

	calls   list.List      // of *ticket: those under way, abandoned ones too, by their beginning
	idle    chan struct{}  // closed when no call runs any more; nil while no caller waits for that
	left    int            // abandoned calls
	hanging map[string]int // abandoned calls by name
}

// enter lets a call through or says why not. It waits while too many run, until
// ctx ends, whose error it then returns. A caller that was let through must call
// leave. pass opens the outage gate, and nothing else; a check, which asks how
// the backend does, is held back only by calls that hang.
func (g *gate) enter(ctx context.Context, t *ticket, pass bool) error {
	for {
		turn, err := g.admit(t, pass)
		if turn == nil {
			return err
		}
		select {
		case <-turn.Given():
		case <-ctx.Done():
			g.mu.Lock()
			g.room.Withdraw(turn)
			g.mu.Unlock()
			return ctx.Err()
		}
	}
}

// admit is one attempt to enter. It returns what to wait for where there is no
// room.
func (g *gate) admit(t *ticket, pass bool) (turn *room.Turn, err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	check := t.key == checkKey
	if err := g.refuseLocked(t.key, check); err != nil {
		return nil, err
	}
	closed := g.pause > 0 && !pass && !check
	switch {
	case closed && time.Now().Before(g.until):
		return nil, reopening(g.last, g.until)
	case !g.shared && !g.together && !check && g.room.Full(g.calls.Len()):
		return g.room.Wait(), nil
	case closed: // This call is the probe. Others wait for their turn, even if it hangs.
		g.pause = min(2*g.pause, outagePauseMax)
		g.until = time.Now().Add(g.pause)
	}
	t.began = time.Now()
	t.element = g.calls.PushBack(t)
	return nil, nil //nolint:nilnil // there is nothing to wait for
}

// refuseLocked holds a call back, whichever caller makes it: the backend
// throttles, or other calls hang.
func (g *gate) refuseLocked(key string, check bool) error {
	if left := time.Until(g.throttledUntil); left > 0 && !check {
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
	class := ClassOf(err)
	now := time.Now()
	g.mu.Lock()
	defer g.mu.Unlock()
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

// ticket is one call that was let through. It is guarded by the gate's lock.
type ticket struct {
	key              string
	began            time.Time // zero: it was not let through
	element          *list.Element
	ended, abandoned bool
}

// abandon notes that no caller waits for a call any more. It returns false when
// the call has just ended.
func (g *gate) abandon(t *ticket) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	if t.ended {
		return false
	}
	t.abandoned = true
	if g.hanging == nil {
		g.hanging = make(map[string]int)
	}
	g.hanging[t.key]++
	g.left++
	g.room.Shrink()
	return true
}

// leave ends a call.
func (g *gate) leave(t *ticket) {
	g.mu.Lock()
	defer g.mu.Unlock()
	t.ended = true
	if !t.abandoned && t.key != checkKey {
		g.room.Grow(time.Since(t.began), time.Since(g.calls.Front().Value.(*ticket).began)) //nolint:forcetypeassert,errcheck // it holds nothing else
	}
	g.calls.Remove(t.element)
	running := g.calls.Len()
	g.room.Freed(running)
	if running == 0 && g.idle != nil {
		close(g.idle)
		g.idle = nil
	}
	if !t.abandoned {
		return
	}
	g.left--
	if g.hanging[t.key]--; g.hanging[t.key] == 0 {
		delete(g.hanging, t.key)
	}
}

// drain waits until no call runs, at most until ctx ends, and returns how many
// still do.
func (g *gate) drain(ctx context.Context) int {
	g.mu.Lock()
	if g.calls.Len() > 0 && g.idle == nil {
		g.idle = make(chan struct{})
	}
	idle := g.idle
	g.mu.Unlock()
	if idle == nil {
		return 0
	}
	select {
	case <-idle:
		return 0
	case <-ctx.Done():
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.calls.Len()
}

// abandoned counts the abandoned calls: all, or those for name.
func (g *gate) abandoned(name string) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	if name == "" {
		return g.left
	}
	return g.hanging[name]
}
