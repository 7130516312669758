// Package underway keeps the books of the calls of one backend that are under way: how
// many run, who waits for room, and which ones go on although no caller waits for them.
package underway

import (
	"context"
	"time"
)

// Calls are the calls of one backend that are under way. They have no lock of their
// own: their owner's lock guards every method and every Call.
type Calls struct {
	room    room
	started inOrder        // those that have not returned, abandoned ones too
	idle    chan struct{}  // closed when no call runs any more; nil while no caller waits for it
	left    int            // abandoned calls
	hanging map[string]int // abandoned calls by key
}

// New returns books that always allow least calls side by side.
func New(least int) Calls { return Calls{room: room{least: least}} }

// Call is one call. Its owner may embed it, so that a call costs no allocation here.
type Call struct {
	// Key is what the call is about. Calls with one key are counted together.
	Key string
	// Load is the context of the load in whose goroutine the call is made; nil if the call has a
	// goroutine of its own.
	Load context.Context //nolint:containedctx // it names the load
	// Began is when the call was let through. Before that it is zero, or the time when its caller came.
	Began time.Time
	// Check says that the call asks whether the backend is well. It takes no room from reads,
	// and its duration says nothing about theirs.
	Check bool

	ended, abandoned bool
	sooner, later    *Call
}

// Abandoned reports whether the call was left behind.
func (c *Call) Abandoned() bool { return c.abandoned }

// Begin enters a call in the books. It begins now, unless Began says when.
func (c *Calls) Begin(call *Call) {
	if call.Began.IsZero() {
		call.Began = time.Now()
	}
	c.started.add(call)
}

// End takes a call out of the books. A call that was left behind no longer counts for its key then.
func (c *Calls) End(call *Call, now time.Time) {
	call.ended = true
	if !call.abandoned && !call.Check {
		c.room.grow(now.Sub(call.Began), now.Sub(c.started.first.Began))
	}
	c.started.remove(call)
	c.room.freed(c.started.n)
	if c.started.n == 0 && c.idle != nil {
		close(c.idle)
		c.idle = nil
	}
	if !call.abandoned {
		return
	}
	c.left--
	if c.hanging[call.Key]--; c.hanging[call.Key] == 0 {
		delete(c.hanging, call.Key)
	}
}

// Abandon notes that no caller waits for a call any more. It returns false when the call has
// just ended, because it has an outcome then.
func (c *Calls) Abandon(call *Call) bool {
	if call.ended {
		return false
	}
	call.abandoned = true
	if c.hanging == nil {
		c.hanging = make(map[string]int)
	}
	c.hanging[call.Key]++
	c.left++
	c.room.shrink()
	return true
}

// AbandonLoad abandons the first call with a key that is made in the goroutine of a
// load whose time is over. It returns false when there is none: the load is in another
// call, or its call has just ended.
func (c *Calls) AbandonLoad(key string) bool {
	for call := c.started.first; call != nil; call = call.later {
		if call.Key == key && !call.abandoned && call.Load != nil && call.Load.Err() != nil {
			return c.Abandon(call)
		}
	}
	return false
}

// Running counts the calls that have not returned, abandoned ones too.
func (c *Calls) Running() int { return c.started.n }

// Left counts the abandoned calls.
func (c *Calls) Left() int { return c.left }

// Hanging counts the abandoned calls with a key.
func (c *Calls) Hanging(key string) int { return c.hanging[key] }

// Idle is closed when no call runs any more. It is nil when none runs.
func (c *Calls) Idle() <-chan struct{} {
	if c.started.n > 0 && c.idle == nil {
		c.idle = make(chan struct{})
	}
	return c.idle
}

// Full reports whether no call may join those that run.
func (c *Calls) Full() bool { return c.room.full(c.started.n) }

// Waited reports whether a caller waits for room.
func (c *Calls) Waited() bool { return !c.room.empty() }

// Wait queues a caller that found no room. When the turn is given, the caller has to call Take.
// A caller that waits no longer has to call Withdraw instead.
func (c *Calls) Wait() *Turn { return c.room.wait() }

// Take notes that a caller whose turn was given looks again whether there is room.
func (c *Calls) Take() { c.room.take(c.started.n) }

// Pass notes that a caller who took its turn makes no call after all. The place goes to the next
// caller, which otherwise would wait until some call ends, or for ever.
func (c *Calls) Pass() { c.room.announce(c.started.n) }

// Withdraw takes back the turn of a caller who waits no longer. A turn that was given already
// goes to the next caller: the place that it announces is still free.
func (c *Calls) Withdraw(t *Turn) { c.room.withdraw(t, c.started.n) }

// inOrder holds calls in the order in which they began. Each call is in it once, so that the
// call itself can be the list's element: container/list would allocate another.
type inOrder struct {
	first, last *Call
	n           int
}

func (l *inOrder) add(c *Call) {
	if c.sooner = l.last; c.sooner != nil {
		c.sooner.later = c
	} else {
		l.first = c
	}
	l.last = c
	l.n++
}

func (l *inOrder) remove(c *Call) {
	if c.sooner != nil {
		c.sooner.later = c.later
	} else {
		l.first = c.later
	}
	if c.later != nil {
		c.later.sooner = c.sooner
	} else {
		l.last = c.sooner
	}
	c.sooner, c.later = nil, nil
	l.n--
}
