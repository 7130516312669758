package secretmux

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/secretmux/secretmux/cache"
	"github.com/secretmux/secretmux/internal/underway"
)

const (
	// The pauses of the throttle are long, because calls caused it. Those of an outage are
	// short: one probe a second costs a backend nothing, and its return should be seen soon.
	throttlePause    = time.Second
	throttlePauseMax = time.Minute

	outageFailures = 3 // so many in a row close the gate
	outagePause    = 100 * time.Millisecond
	outagePauseMax = time.Second

	maxAbandoned = 16 // calls of one link that go on although no caller waits for them
)

// gate decides whether a link calls its provider now. It holds calls back in three cases. They
// then fail at once and don't wait, so that nothing hangs:
//
//   - The backend said that there are too many calls (the throttle). More calls
//     would only make the pause longer, so nothing passes.
//   - The backend is down (the outage gate): three failures in a row. One call in
//     100 ms, 200 ms ... 1 s is let through to see whether it is back.
//   - Calls that ignore their context pile up: one that still runs for a name, or
//     16 in all. Without this limit a mount that hangs would take a goroutine for
//     each read.
//
// Calls for which there is no room wait within their timeout.
//
// For a link over other links there is only the third case: those links have gates of their own,
// and one that is down must not close the way to the others.
type gate struct {
	shared   bool // the link is over other links; set before the first call
	together bool // its calls wait for one fetch; set before the first call

	mu sync.Mutex

	// The throttle: in a pause nothing passes.
	throttledUntil time.Time
	throttlings    int

	// The outage gate: while pause is set, one probe passes at each until.
	failures int           // consecutive outages
	pause    time.Duration // the present pause; zero while the gate is open
	until    time.Time     // when the next probe may pass
	last     error         // what the backend said last

	// The calls under way. Those that hang are among them until they return.
	calls underway.Calls
}

// enter lets a call through or says why not. It waits while too many calls run. If ctx ends, it
// returns ctx's error. A caller that was let through must call leave. With pass, the outage gate
// does not hold the call back. A check, which asks whether the backend is well, is held back
// only by calls that hang.
func (g *gate) enter(ctx context.Context, t *underway.Call, pass bool) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	for {
		// Much may have changed while this call waited: a turn is a new look, and not a right to
		// call.
		turn, err := g.admitLocked(t, pass)
		if err != nil {
			g.calls.Pass() // the turn goes to another call, which is refused at once too
		}
		if turn == nil {
			return err
		}
		if err := g.waitLocked(ctx, turn); err != nil {
			return err
		}
		t.Began = time.Time{} // the waiting does not count
	}
}

// waitLocked gives up the lock until the turn is given, or ctx ends.
func (g *gate) waitLocked(ctx context.Context, turn *underway.Turn) error {
	g.mu.Unlock()
	var ended error
	select {
	case <-turn.Given():
	case <-ctx.Done():
		ended = ctx.Err()
	}
	g.mu.Lock()
	if ended != nil {
		g.calls.Withdraw(turn)
		return ended
	}
	g.calls.Take()
	return nil
}

// admitLocked is one attempt to enter. If there is no room, it returns what to wait for.
func (g *gate) admitLocked(t *underway.Call, pass bool) (turn *underway.Turn, err error) {
	t.Check = t.Key == checkKey
	if err := g.refuseLocked(t); err != nil {
		return nil, err
	}
	closed := g.pause > 0 && !pass && !t.Check
	switch {
	case closed && time.Now().Before(g.until):
		return nil, reopening(g.last, g.until)
	case !g.shared && !g.together && !t.Check && g.calls.Full():
		return g.calls.Wait(), nil
	case closed: // This call is the probe. Others wait for their turn, even if it hangs.
		g.pause = min(2*g.pause, outagePauseMax)
		g.until = time.Now().Add(g.pause)
	}
	g.calls.Begin(t)
	return nil, nil //nolint:nilnil // there is nothing to wait for
}

// refuseLocked holds a call back, also one with pass, if the backend throttles or other calls
// hang.
func (g *gate) refuseLocked(t *underway.Call) error {
	left := time.Duration(0)
	if !g.throttledUntil.IsZero() && !t.Check { // this check saves a cold read a look at the clock
		left = time.Until(g.throttledUntil)
	}
	if left > 0 {
		return &Error{
			Class: ErrThrottled, Err: errors.New("not called, as the backend throttles"), RetryAt: g.throttledUntil,
			Hint: "calls resume in " + left.Round(time.Millisecond).String() + "; read fewer names, or raise ttl=",
		}
	}
	return g.crowdedLocked(t.Key)
}

// crowdedLocked refuses a call if an earlier one for its key, or 16 in all, don't return.
func (g *gate) crowdedLocked(key string) error {
	problem := ""
	switch {
	case g.calls.Hanging(key) > 0:
		problem = "as an earlier call for it has not returned"
	// Names that would answer are refused too. That is the price of a bound. It ends as soon as
	// one of the sixteen calls returns.
	case g.calls.Left() >= maxAbandoned:
		problem = "as 16 earlier calls have not returned"
	default:
		return nil
	}
	return &Error{
		Class: ErrUnavailable, Err: notCalledError(problem),
		Hint: "the provider does not stop when its context ends, as a read of a mount that hangs does not; check the backend",
	}
}

// note notes the outcome of a call; an outage counts only at the first try. The gate opens after
// any answer that shows that the backend is there. A check proves nothing about reads.
func (g *gate) note(key string, err error, second bool) {
	if key == checkKey || g.shared {
		return
	}
	now := time.Now()
	g.mu.Lock()
	defer g.mu.Unlock()
	g.noteLocked(err, now, second)
}

// noteLocked moves both gates by the class of an outcome.
func (g *gate) noteLocked(err error, now time.Time, second bool) {
	class := ClassOf(err)
	switch {
	case errors.Is(class, ErrThrottled):
		// Calls that were under way together count once.
		if !now.Before(g.throttledUntil) {
			g.throttlings++
			// Half the cache's own back-off, so that the cache's next try does not meet a closed gate.
			g.throttledUntil = now.Add(cache.Backoff(g.throttlings, throttlePause, throttlePauseMax) / 2)
		}
	case errors.Is(class, ErrUnavailable):
		// It is kept for callers that are held back: they get what the backend said.
		g.last = err
		if !second { // both tries of one read count once
			g.failures++
		}
		if g.failures >= outageFailures && g.pause == 0 {
			g.pause = outagePause
			g.until = now.Add(g.pause)
		}
	case err != nil && class == nil: // its caller gave up, or its class is unknown: that says nothing
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

// opens is when a call that failed with err may be made again; zero means now.
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

// end is leave and note in one, for the call that each cold read makes. It returns how long the
// call took. The outcome of an abandoned call counts as neither a success nor a failure.
func (g *gate) end(t *underway.Call, err error, second bool) (took time.Duration) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if err == nil && g.quietLocked() && !t.Abandoned() {
		g.calls.End(t, t.Began)
		return 0
	}
	now := time.Now()
	g.calls.End(t, now)
	if !t.Abandoned() {
		g.noteLocked(err, now, second)
	}
	return now.Sub(t.Began)
}

// quietLocked says that a success changes nothing: no call waits, and no failure came before.
// Then end needs no clock.
func (g *gate) quietLocked() bool {
	return !g.calls.Waited() && g.failures == 0 && g.pause == 0 && g.last == nil && g.throttlings == 0
}

// leave ends a call.
func (g *gate) leave(t *underway.Call) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.calls.End(t, time.Now())
}

// abandon notes that no caller waits for a call any more. It returns false when
// the call has just ended.
func (g *gate) abandon(t *underway.Call) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.calls.Abandon(t)
}

// abandonLoad is abandon for the call for a name that is made in the goroutine of a load
// whose time is over.
func (g *gate) abandonLoad(name string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.calls.AbandonLoad(name)
}

// abandoned counts the abandoned calls: all of them, or those for name.
func (g *gate) abandoned(name string) int {
	g.mu.Lock()
	defer g.mu.Unlock()
	if name == "" {
		return g.calls.Left()
	}
	return g.calls.Hanging(name)
}

// drain waits until no call runs, at most until ctx ends, and returns how many
// still do.
func (g *gate) drain(ctx context.Context) int {
	g.mu.Lock()
	idle := g.calls.Idle()
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
	return g.calls.Running()
}
