package cache

import (
	"context"
	"time"
)

// This file is how the user's functions are called that may take their time:
// callbacks and Validate. None of them may hold up the cache, whatever it does.

// subscription is one callback. Guarded by Cache.mu.
// Each has a list of its own of what it was not told yet, and not one that is shared by all
// of its key: each goes at its own speed, and a call that failed tells from what its callback
// knows.
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

// maxPending bounds what a callback that does not return can pile up. Beyond it,
// the changes in the middle become one.
const maxPending = 16

// queueLocked notes the watch's current value for all its callbacks.
func (c *Cache[V]) queueLocked(w *watch[V]) {
	for _, s := range w.subs {
		s.noteLocked(w.previous, news[V]{w.current, w.at})
	}
	c.wakeLocked(w)
}

// noteLocked adds a change from old to n. Where that brings the content back to what
// it was, the call is left out when its turn comes: to compare is the user's, and may
// take its time.
func (s *subscription[V]) noteLocked(old *V, n news[V]) {
	// There is an old value, as nothing is queued for a first one.
	if s.told == nil {
		s.told = old // it subscribed before the first value
	}
	last := len(s.pending) - 1
	switch {
	// While it waits for its next try, the change that failed is in the list, and is the only
	// one: see calledLocked. It becomes one to what is current.
	case s.retry != nil:
		s.pending[last] = n
	case len(s.pending) < maxPending:
		s.pending = append(s.pending, n)
	// The newest one is replaced and not left out: what a callback is told last has to be
	// what is current (invariant 7), however much it has missed.
	default:
		s.pending[last] = n
	}
}

// maxWorkers is how many keys' callbacks run at a time. One that runs on after
// its deadline is not counted.
const maxWorkers = 32

// wakeLocked hands w to a worker, and starts one if there is room.
// queued says that w is in ready or in the hands of a worker. So it is never in two places,
// and no two workers call the callbacks of one key at a time.
func (c *Cache[V]) wakeLocked(w *watch[V]) {
	if w.queued || c.closed || w.nextLocked() == nil {
		return
	}
	w.queued = true
	c.ready = append(c.ready, w)
	c.employLocked()
}

// employLocked starts a worker if there is work and room for one.
// It is called wherever work comes or a place becomes free. Where one such call is missing,
// work is left without a worker, and nobody hears of a change until the next one (invariant
// 7).
func (c *Cache[V]) employLocked() {
	if len(c.ready) > 0 && c.workers < maxWorkers && !c.closed {
		c.workers++
		go c.work()
	}
}

// nextLocked returns the callback that waits for its turn for longest, of those
// that have something to be told now. By the order in which they subscribed, a slow
// one would take all turns where changes come faster than it returns.
func (w *watch[V]) nextLocked() (next *subscription[V]) {
	for _, s := range w.subs {
		// running is asked, as one that was given up still runs while the others of its key
		// go on.
		if len(s.pending) > 0 && s.retry == nil && !s.running && (next == nil || s.turn < next.turn) {
			next = s
		}
	}
	return next
}

// work calls callbacks until none is left to call, and ends: there are no goroutines
// where nothing changes.
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
	// Each turn is one call, and not all that is pending for the key: a key that changes all
	// the time would else keep its worker for ever.
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

// turnedLocked ends the turn of w: it goes behind the others, if there is more.
func (c *Cache[V]) turnedLocked(w *watch[V]) {
	// In this order: wakeLocked leaves alone what is queued, and a watch is only forgotten
	// when nobody waits for it any more.
	w.queued = false
	c.wakeLocked(w)
	c.releaseLocked(w)
}

// callLocked makes one call, without the lock. When that takes too long, its worker is
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
		// That ctx ends is not enough: a callback that ignores it would keep one of 32
		// places. It runs on, and s.running stays true, so that it is not called a second
		// time beside itself.
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
	err := error(ErrPanic) // even if it ends the goroutine, and this one with it
	defer func() {
		cancel()
		c.mu.Lock()
		// From here on as if it had just returned, also if it was given up long ago:
		// nextLocked may choose it again, and Shutdown no longer waits for it.
		s.running = false
		c.calls.done()
		events := c.calledLocked(w, s, n, err)
		if *replaced { // w had its turn when that happened
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
		// told may have changed since the news was queued, as calls before this one have
		// failed or succeeded. So it is asked now.
		if c.opts.Equal(change.Old, change.New) { // it went there and back, see noteLocked
			return nil
		}
		return s.call(ctx, change)
	}, change)
}

// calledLocked takes in how a call has ended, and returns what to tell of it.
// After a failure all that is pending becomes one change, to what is current: by
// the next try the values in between are of no use.
func (c *Cache[V]) calledLocked(w *watch[V], s *subscription[V], n news[V], err error) (events []Event[V]) {
	s.err = err
	// Its list was emptied when it stopped, and there is nobody to tell of a failure.
	if s.stopped {
		return nil
	}
	// Only a call that succeeded counts as told. After a failure the next change begins at
	// what the callback knows, so that nothing falls in between.
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
	// First of all: nextLocked passes over what waits for its next try.
	s.retry = nil
	// Stop may have come while the timer's goroutine waited for the lock.
	if s.stopped || c.closed {
		return
	}
	c.wakeLocked(w)
}

// asksAbout reports whether Validate has to judge x. A first value is not asked
// about, but one that comes back after it was dropped is: otherwise a caller that
// can drop it could get a refused one in.
func (c *Cache[V]) asksAbout(x *landing[V]) bool {
	o := &c.opts
	if o.Validate == nil {
		return false
	}
	// Also where Validate will not be asked: rememberLocked needs it for whatever is
	// accepted.
	if o.Digest != nil {
		x.digest = o.Digest(x.Value)
	}
	// Without a Digest nobody can tell whether what comes back is what was there, so it is
	// asked about. A first value has neither known nor accepted.
	return x.changed || x.known == nil && x.accepted != nil && (o.Digest == nil || *x.accepted != x.digest)
}

// rememberLocked notes what was accepted, for when the value itself is dropped.
// If more than MaxEntries of them are not kept, it forgets any of those.
func (c *Cache[V]) rememberLocked(x *landing[V]) {
	if c.opts.Validate == nil {
		return
	}
	limit := c.opts.MaxEntries
	// Documents that are kept are at most MaxEntries, and their digests must stay: they are
	// what the next value is compared with once the present one is dropped. So as many again
	// is the bound, and only digests of documents that serve nothing are given up (invariant
	// 8).
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
