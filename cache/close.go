package cache

import (
	"context"
	"time"
)

// patience is for how long Close waits for loads that do not honour their context.
const patience = time.Second

// Close ends the cache: it cancels all loads and callbacks, and lets all readers
// go. It waits at most one second for calls of Load that go on, and returns how
// many of them still run then. It does not wait for callbacks, Validate and
// Observe, so it may be called by them; a call of Load that calls it waits for
// itself, for that second. After it nothing new is begun, and every call returns
// ErrClosed. Closing again waits for the first Close and returns the same.
func (c *Cache[V]) Close() (abandoned int) {
	c.mu.Lock()
	first := !c.closed
	if first {
		c.shutLocked()
	}
	loads := c.loads.zeroLocked()
	c.mu.Unlock()
	// Close does not look at its caller: whether it is inside a callback can't be
	// told reliably, and a bound makes it needless.
	if !first {
		<-c.ended
		return c.abandoned
	}
	await(loads)
	c.mu.Lock()
	c.abandoned = c.loads.n
	c.mu.Unlock()
	close(c.ended)
	return c.abandoned
}

func await(done <-chan struct{}) {
	limit := time.NewTimer(patience)
	defer limit.Stop()
	select {
	case <-done:
	case <-limit.C:
	}
}

// Shutdown is Close, and then waits until no callback, no Validate and no Observe
// runs, or until ctx ends; then it returns ctx's error. Called by one of them, it
// waits for itself until ctx ends.
func (c *Cache[V]) Shutdown(ctx context.Context) error {
	c.Close()
	c.mu.Lock()
	calls := c.calls.zeroLocked()
	c.mu.Unlock()
	select {
	case <-calls: // this comes first, even if ctx has ended before
		return nil
	default:
	}
	select {
	case <-calls:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Closed reports whether Close was called.
func (c *Cache[V]) Closed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closed
}

// shutLocked ends all that runs, and lets all who wait for a load go. Loads that
// come in later find the cache closed, and change nothing.
func (c *Cache[V]) shutLocked() {
	c.closed = true
	c.cancel()
	c.timer.stop()
	c.bark.stop()
	for b := c.running; b != nil; b = b.later {
		b.life.end(context.Canceled)
		if b.owes && !b.telling { // its loader may not come back to do it
			go c.tell(b)
		}
	}
	for i := range c.schedule {
		c.schedule[i].doc.index = -1
	}
	// The table that is left is empty, so that nothing is found any more, and no
	// value is kept by a cache that a program still refers to by mistake.
	c.table.Load().each(func(e *entry[V]) {
		e.hot.Store(nil)
		if m := e.doc.more; m != nil && !e.isView() {
			for f := m.flights; f != nil; f = f.older {
				f.shut()
			}
		}
		if w := e.watch(); w != nil {
			for _, s := range w.subs {
				if s.retry != nil {
					s.retry.Stop()
				}
			}
		}
	})
	c.schedule, c.absent, c.convoys = nil, absentees[V]{}, nil
	c.table.Store(newTable[V](c.table.Load().seed, 1))
}

// gauge counts calls of the user's functions that run. It is guarded by Cache.mu.
type gauge struct {
	n    int
	zero chan struct{} // closed when n comes to zero; nil while no caller waits
}

func (g *gauge) done() {
	if g.n--; g.n == 0 && g.zero != nil {
		close(g.zero)
		g.zero = nil
	}
}

// zeroLocked returns what is closed when no call runs. All who wait share it, as
// a second Close and a Shutdown may.
func (g *gauge) zeroLocked() <-chan struct{} {
	if g.n > 0 && g.zero != nil {
		return g.zero
	}
	zero := make(chan struct{})
	if g.n == 0 {
		close(zero)
	} else {
		g.zero = zero
	}
	return zero
}
