package cache

import (
	"context"
	"math"
	"sync"
	"time"
)

// patience is for how long Close waits for loads that do not honour their context.
const patience = time.Second

// Close ends the cache. It cancels all loads and callbacks, and all readers that wait
// get [ErrClosed]. Close waits at most one second for running calls of Load, and returns
// how many of them still run after that. It does not wait for callbacks, Validate and
// Observe, so they may call it. Load should not call it, because Close then waits for
// that Load for the whole second. After Close nothing new begins, and calls fail with
// ErrClosed. A second Close waits for the first one and returns the same number.
func (c *Cache[V]) Close() (abandoned int) {
	c.mu.Lock()
	first := !c.closed
	if first {
		c.shutLocked()
	}
	loads := c.loads.zeroLocked()
	c.mu.Unlock()
	// Close does not ask whether its caller is a callback: that can't be told reliably, and with
	// a bound it does not matter.
	if !first {
		<-c.ended
		return c.abandoned
	}
	// Without the lock, because loads need it to land.
	await(loads)
	c.mu.Lock()
	c.abandoned = c.loads.n
	c.mu.Unlock()
	close(c.ended)
	return c.abandoned
}

func await(done <-chan struct{}) {
	// It holds whatever a loader does: a service that ends must not wait for a mount that hangs.
	limit := time.NewTimer(patience)
	defer limit.Stop()
	select {
	case <-done:
	case <-limit.C:
	}
}

// Shutdown calls Close. Then it waits until no callback, no Validate and no Observe runs.
// If ctx ends first, Shutdown returns ctx's error. The second that Close may wait does not
// depend on ctx. A callback, Validate and Observe should not call Shutdown: it would wait
// for its own caller until ctx ends.
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
	// closed is set first, because the code that the end of ctx wakes looks at it.
	c.cancel()
	c.timer.stop()
	c.bark.stop()
	c.worker.Close()
	for b := c.running; b != nil; b = b.later {
		// The end of c.ctx does not do it: life has no parent, so that a load registers nowhere.
		b.life.end(context.Canceled)
		if b.owes && !b.telling { // its loader may never return to tell them
			go c.tell(b)
		}
	}
	for i := range c.schedule {
		c.schedule[i].doc.index = -1
	}
	// The table is emptied: nothing is found any more, and a closed cache that a program still
	// refers to by mistake keeps no value.
	c.table.Load().each(func(e *entry[V]) {
		// From here on each reader takes the slow path, and finds the cache closed.
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
	// Flights that wait in a convoy were ended above, with their documents.
	c.schedule, c.absent, c.convoys = nil, absentees[V]{}, nil
	c.table.Store(newTable[V](c.table.Load().seed, 1))
}

// graceOf is how long after its timeout a call that honours its context may still return. Its
// own error tells more than ErrTimeout.
func graceOf(timeout time.Duration) time.Duration { return min(timeout/10, maxGrace) }

// The loads that run are a list. One timer ends those whose time is over: first
// their context, and a little later, whatever the loader does, the wait for them.
// A timer for each of them took a fifth of a cold read.

// watchdogLocked puts b into the list. Most loads end in time, and the alarm stays set then:
// setting and stopping it for each load costs more than letting it ring once for nothing.
func (c *Cache[V]) watchdogLocked(b *Batch[V]) {
	// The time counts from the beginning of the load and by the cache's own clock, so that a
	// context which the loader makes from this one can't outlive it.
	timeout := c.opts.timeout(len(b.Keys))
	b.endsAt, b.grace = after(b.began, int64(timeout)), int64(graceOf(timeout))
	b.life.deadline = c.moment(b.endsAt)
	if b.later = c.running; b.later != nil {
		b.later.sooner = b
	}
	c.running = b
	c.bark.set(b.endsAt, c.now)
}

// forgetLocked takes b out of the list. A loader may hold on to b, and b must not keep the
// values alive.
func (c *Cache[V]) forgetLocked(b *Batch[V]) {
	switch {
	// The list is linked both ways, so that a load leaves it in one step, however many run.
	case b.sooner != nil:
		b.sooner.later = b.later
	case c.running == b:
		c.running = b.later
	}
	if b.later != nil {
		b.later.sooner = b.sooner
	}
	// Otherwise an old batch would keep alive the batches that were beside it.
	b.sooner, b.later = nil, nil
	// A Settle that comes later finds no flights, and changes nothing.
	b.flights, b.flight = nil, [1]*flight[V]{}
}

// endLoads ends the loads whose time is over.
func (c *Cache[V]) endLoads() {
	c.mu.Lock()
	c.bark.isSet = false
	var ends, givesUp []*Batch[V]
	// Loads are collected under the lock, and ended without it. If one lands in between, giving
	// it up changes nothing.
	now, next := c.now(), int64(math.MaxInt64)
	// All loads are looked at. The list is in the order in which they began, but a batch has
	// more time than a single load.
	for b := c.running; b != nil; b = b.later {
		switch {
		case b.endsAt > now:
		// A load comes here twice. First its context ends, and a loader that honours it has a
		// moment to say why it failed. The second time, nobody waits for it any more.
		case !b.ended:
			b.ended, b.endsAt = true, after(b.endsAt, b.grace)
			ends = append(ends, b)
		default:
			b.endsAt = math.MaxInt64
			givesUp = append(givesUp, b)
		}
		next = min(next, b.endsAt)
	}
	// While a load runs, the alarm is set (invariant 8).
	if next < math.MaxInt64 && !c.closed {
		c.bark.set(max(next, now+int64(time.Millisecond)), c.now) // many may end one after the other
	}
	c.mu.Unlock()
	for _, b := range ends { // without the lock: it wakes the code that made a context from it
		b.life.end(context.DeadlineExceeded)
	}
	// giveUp settles the keys that are open, and takes the lock for each.
	for _, b := range givesUp {
		b.giveUp()
	}
}

// life is the context of a load. It has the values of the caller that began the load, and an end
// of its own. It is made for each cold read, so it has no timer, no goroutine and no
// registration in a parent, which context.WithTimeout would bring.
type life struct {
	values   context.Context //nolint:containedctx // it is a context
	deadline time.Time

	mu    sync.Mutex
	done  chan struct{} // nil until it is asked for
	err   error
	after map[*func()]struct{} // see AfterFunc
}

// Deadline is when the loader must have finished.
func (l *life) Deadline() (time.Time, bool) { return l.deadline, true }

// Value returns the value of key in the context of the caller that began the
// load.
func (l *life) Value(key any) any { return l.values.Value(key) }

// Err is DeadlineExceeded when the time is over, and Canceled after Close or when
// the loader has returned.
func (l *life) Err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}

// Done makes the channel when it is first asked for. A loader that answers at once never asks
// for it.
func (l *life) Done() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.done == nil {
		l.done = make(chan struct{})
		if l.err != nil {
			close(l.done)
		}
	}
	return l.done
}

// AfterFunc is what package context looks for in a context that it does not know:
// without it, each context made from l would cost a goroutine.
func (l *life) AfterFunc(f func()) (stop func() bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil {
		go f()
		return func() bool { return false }
	}
	if l.after == nil {
		l.after = map[*func()]struct{}{}
	}
	// The key is an address: functions can't be compared, and the same one may be given twice.
	l.after[&f] = struct{}{}
	return func() bool {
		l.mu.Lock()
		defer l.mu.Unlock()
		_, ok := l.after[&f]
		delete(l.after, &f)
		return ok
	}
}

// end ends the context, once. The functions that AfterFunc was given run in goroutines of their
// own, as its contract says.
func (l *life) end(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil {
		return
	}
	// The first error stays: after a timeout the end of the load must not make it Canceled.
	if l.err = err; l.done != nil {
		close(l.done)
	}
	for f := range l.after {
		go (*f)()
	}
	l.after = nil
}
