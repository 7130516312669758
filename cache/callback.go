package cache

import (
	"context"
	"time"
)

// This file is about the user's functions that may take their time: it calls callbacks, and
// decides when Validate is asked. None of them may hold up the cache, whatever it does.

// subscription is one callback. Guarded by Cache.mu. Each has its own list of what it was not
// told yet. The callbacks of one key don't share a list: each goes at its own speed, and after a
// failed call the next change begins at what this callback knows.
type subscription[V any] struct {
	call     func(context.Context, Change[V]) error
	told     *V          // what the callback knows: New of its last successful call
	pending  []news[V]   // what it has yet to be told, in order
	failures int         // consecutive
	err      error       // of the last call
	retry    *time.Timer // while it waits for its next try
	stopped  bool
	running  bool
	since    int64  // when the call that runs began
	turn     uint64 // when it was called last: a lower one is longer ago
}

// news is a value that a callback must be told about, and when its load began.
type news[V any] struct {
	value *V
	at    int64
}

// maxPending is how many changes may wait for a callback that does not return. If there are
// more, the newest one takes the place of the last in the list.
const maxPending = 16

// queueLocked notes the watch's current value for all its callbacks.
func (c *Cache[V]) queueLocked(w *watch[V]) {
	for _, s := range w.subs {
		s.noteLocked(w.previous, news[V]{w.current, w.at})
	}
	c.wakeLocked(w)
}

// noteLocked adds a change from old to n. The change may bring back the content that the
// callback knows. callLocked finds that out and leaves out the call, because Equal is the user's
// and may take its time.
func (s *subscription[V]) noteLocked(old *V, n news[V]) {
	// old is not nil, because nothing is queued for a first value.
	if s.told == nil {
		s.told = old // it subscribed before the first value
	}
	last := len(s.pending) - 1
	switch {
	// While the callback waits for its next try, the list holds one change only, the one that
	// failed: see calledLocked. It becomes a change to the current value.
	case s.retry != nil:
		s.pending[last] = n
	case len(s.pending) < maxPending:
		s.pending = append(s.pending, n)
	// n replaces the last change and is not left out: what a callback is told last has to be the
	// current value (invariant 7), however much it has missed.
	default:
		s.pending[last] = n
	}
}

// maxWorkers is for how many keys callbacks run at a time. One that runs on after its deadline
// is not counted.
const maxWorkers = 32

// wakeLocked hands w to a worker, and starts one if there is room. w.queued says that w is in
// ready, or that a worker has it. So w is never in two places, and no two workers call the
// callbacks of one key at a time.
func (c *Cache[V]) wakeLocked(w *watch[V]) {
	if w.queued || c.closed || w.nextLocked() == nil {
		return
	}
	w.queued = true
	c.ready = append(c.ready, w)
	c.employLocked()
}

// employLocked starts a worker if there is work and room for one. It is called wherever work
// comes or a place becomes free. If one of these calls were missing, work would be left without
// a worker, and nobody would hear of a change until the next one (invariant 7).
func (c *Cache[V]) employLocked() {
	if len(c.ready) > 0 && c.workers < maxWorkers && !c.closed {
		c.workers++
		go c.work()
	}
}

// nextLocked returns, of the callbacks that can be told something now, the one that has waited
// longest for its turn. In the order of subscription, a slow callback would take all turns if
// changes come faster than it returns.
func (w *watch[V]) nextLocked() (next *subscription[V]) {
	for _, s := range w.subs {
		// A callback that was given up still runs while the others of its key go on. So running
		// is checked.
		if len(s.pending) > 0 && s.retry == nil && !s.running && (next == nil || s.turn < next.turn) {
			next = s
		}
	}
	return next
}

// work calls callbacks until none is left to call, and ends: while nothing changes, there is no
// such goroutine.
func (c *Cache[V]) work() {
	replaced := false // another worker has its place; guarded by Cache.mu
	c.mu.Lock()
	defer func() { // even if a callback, or Observe, ends the goroutine
		if !replaced {
			c.workers--
			c.employLocked()
		}
		c.mu.Unlock()
	}()
	// Each turn is one call, and not all that is pending for the key. Otherwise a key that
	// changes all the time would keep its worker for ever.
	for len(c.ready) > 0 && !c.closed && !replaced {
		w := c.ready[0]
		// w.queued stays true until its turn has ended, so that nobody puts it back
		// meanwhile.
		c.ready = c.ready[1:]
		if s := w.nextLocked(); s == nil {
			c.turnedLocked(w)
		} else {
			c.callLocked(w, s, &replaced)
		}
	}
}

// turnedLocked ends the turn of w, and puts w behind the others if it has more to tell.
func (c *Cache[V]) turnedLocked(w *watch[V]) {
	// The order matters: wakeLocked does nothing while w is queued, and releaseLocked forgets w
	// only if it was not queued again.
	w.queued = false
	c.wakeLocked(w)
	c.releaseLocked(w)
}

// callLocked makes one call, without the lock. When the call takes too long, its worker is
// replaced by another one.
func (c *Cache[V]) callLocked(w *watch[V], s *subscription[V], replaced *bool) {
	n := s.pending[0]
	change := Change[V]{Key: w.entry.key, Old: *s.told, New: *n.value, At: c.moment(n.at)}
	// What the call needs is read before the lock is given up: stop, or a further change, may
	// alter the lists while it runs.
	c.turns++
	s.turn, s.running, s.since = c.turns, true, c.now()
	c.calls.n++
	ctx, cancel := c.ctx, context.CancelFunc(func() {})
	if limit := c.opts.callbackTimeout(); limit > 0 {
		ctx, cancel = context.WithTimeout(c.ctx, limit)
		// The end of ctx is not enough: a callback that ignores it would keep one of 32 places.
		// So it loses its place here. It runs on, and s.running stays true, so that it is not
		// called again meanwhile.
		late := time.AfterFunc(limit+graceOf(limit), func() {
			c.mu.Lock()
			defer c.mu.Unlock()
			// The call may have returned while this waited for the lock.
			if s.running && !*replaced { // it ignores its context, and may go on for ever
				*replaced = true
				c.workers--
				c.turnedLocked(w)
				c.employLocked()
			}
		})
		defer late.Stop()
	}
	err := error(ErrPanic) // this stays if the callback ends the goroutine
	defer func() {
		cancel()
		c.mu.Lock()
		// From here on the call has returned, even if it was given up long ago: nextLocked may
		// choose the callback again, and Shutdown no longer waits for it.
		s.running = false
		c.calls.done()
		events := c.calledLocked(w, s, n, err)
		if *replaced { // the turn of w ended at that time
			c.wakeLocked(w)
			c.releaseLocked(w)
		} else {
			c.turnedLocked(w)
		}
		if len(events) > 0 {
			c.yieldLocked(events) // last of all: Observe may end the goroutine, too
		}
	}()
	c.mu.Unlock()
	err = invoke(ctx, func(ctx context.Context, change Change[V]) error {
		// What the callback knows may have changed since the news was queued, because calls
		// before this one have succeeded or failed. So the two are compared only now.
		if c.opts.Equal(change.Old, change.New) { // the callback knows this content: see noteLocked
			return nil
		}
		return s.call(ctx, change)
	}, change)
}

// calledLocked notes how a call has ended, and returns the events that tell of it. After a
// failure all pending changes become one, to the current value: the values in between are of no
// use at the next try.
func (c *Cache[V]) calledLocked(w *watch[V], s *subscription[V], n news[V], err error) (events []Event[V]) {
	s.err = err
	// stop has emptied its list, and nobody is left who wants to hear of a failure.
	if s.stopped {
		return nil
	}
	// Only a call that succeeded counts as told. After a failure the next change begins at what
	// the callback knows, so that no change is lost.
	if err == nil {
		s.told, s.pending, s.failures = n.value, s.pending[1:], 0
		return nil
	}
	// The error is kept in s.err until a call succeeds, so that Stat shows what is wrong
	// meanwhile.
	s.failures++
	e := Event[V]{Kind: KindCallbackFailed, Key: w.entry.key, Value: *n.value, Err: err, Attempt: s.failures}
	events = []Event[V]{e}
	// After Close there is no next try, but the failure is still reported.
	if !c.closed {
		delay := Backoff(s.failures, retryFirst, retryLimit)
		s.pending = s.pending[len(s.pending)-1:]
		s.retry = time.AfterFunc(delay, func() { c.retryCall(w, s) })
		events = append(events, Event[V]{Kind: KindRetryPlanned, Key: e.Key, Value: e.Value, Err: err, Attempt: s.failures, Delay: delay})
	}
	return events
}

// retryCall makes a failed call due again.
func (c *Cache[V]) retryCall(w *watch[V], s *subscription[V]) {
	c.mu.Lock()
	defer c.mu.Unlock()
	// This comes first, because nextLocked passes over a callback that waits for its next try.
	s.retry = nil
	// Stop may have come while the timer's goroutine waited for the lock.
	if s.stopped || c.closed {
		return
	}
	c.wakeLocked(w)
}

// asksAbout reports whether Validate has to judge x. A first value is not asked about. A value
// that comes after one that was dropped is: otherwise a caller who can drop a value could get a
// refused one in.
func (c *Cache[V]) asksAbout(x *landing[V]) bool {
	o := &c.opts
	if o.Validate == nil {
		return false
	}
	// Even if Validate will not be asked: rememberLocked needs the digest of each value that is
	// accepted.
	if o.Digest != nil {
		x.digest = o.Digest(x.Value)
	}
	// Without a Digest nobody can tell whether the value is the one that was dropped, so
	// Validate is asked. For a first value, both known and accepted are nil.
	return x.changed || x.known == nil && x.accepted != nil && (o.Digest == nil || *x.accepted != x.digest)
}

// rememberLocked notes what was accepted, because the value itself may be dropped later. When it
// knows twice MaxEntries documents, it first forgets one of those that have no value.
func (c *Cache[V]) rememberLocked(x *landing[V]) {
	if c.opts.Validate == nil {
		return
	}
	limit := c.opts.MaxEntries
	// At most MaxEntries documents are kept, and their digests must stay: once the present value
	// is dropped, the next one is compared with its digest. So the bound is twice MaxEntries,
	// and only the digests of documents without a value are forgotten (invariant 8).
	if _, known := c.accepted[x.doc.key]; !known && limit > 0 && len(c.accepted) >= 2*limit {
		for key := range c.accepted {
			if e := c.table.Load().find(key); e == nil || e.val == nil {
				delete(c.accepted, key)
				break
			}
		}
	}
	// A copy, as a pointer into x would keep the rest of x.
	digest := x.digest
	c.accepted[x.doc.key] = &digest
}
