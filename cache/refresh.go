package cache

import (
	"context"
	"slices"
	"time"
)

// Refresh loads keys now, without jitter and even if they are kept, and returns when the
// loads have ended. The loads begin after the call of Refresh. So a later Get returns what
// the backend held at the time of the call, or newer. Refreshes that wait at the same time
// share a load. Refresh returns one error or nil for each key, in their order. The errors
// are those of Get. An error of the load or of Validate is returned even if readers still
// get the kept value. A failure has the same effect on the kept value as that of any load.
func (c *Cache[V]) Refresh(ctx context.Context, keys ...string) []error {
	errs := make([]error, len(keys))
	if err := ctx.Err(); err != nil {
		for i := range errs {
			errs[i] = err
		}
		return errs
	}
	// Before the lock is taken, because it calls View.
	requests := c.resolveAll(keys)
	c.askAll(ctx, true, requests, c.forceLocked)
	for i := range requests {
		r := &requests[i]
		// After a failure, readers may have got the old value. A caller of Refresh wants to know
		// that it failed.
		if _, errs[i] = c.answer(ctx, r); errs[i] == nil {
			errs[i] = r.flight.missed
		}
	}
	return errs
}

// forceLocked gives r a flight that begins after now, and returns it if the caller must begin
// it. A flight that still waits for its turn will do; a load that already runs for a reader is
// overtaken. At most one more waits behind a Refresh that is under way, however many callers ask
// for it.
func (c *Cache[V]) forceLocked(r *request[V]) (departs *flight[V]) {
	if r.err != nil {
		return nil
	}
	if r.entry, r.err = c.entryLocked(r.key, r.as); r.err != nil {
		return nil
	}
	// Whether a load will do depends on when it began, and not on who began it: only a load that
	// begins after this call is sure to see what the backend holds by then.
	d := r.entry.doc
	f := d.more.loading()
	switch {
	// Nobody waits here for a reader's load that has begun: it may take its whole timeout, and
	// can't bring what is asked for. Its number is lower, so it comes too late (invariant 5).
	case f == nil || f.begun && f.purpose != PurposeForce:
		f = c.boardLocked(d, PurposeForce)
		departs = f
	// Another Refresh is under way. This one waits behind it: two at a time would be twice the
	// calls for the same answer. All callers that come meanwhile share the one that waits.
	case f.begun:
		if f.next == nil {
			f.next = &flight[V]{doc: d, purpose: PurposeForce}
		}
		f = f.next
	// The load has not begun, so it will read late enough. It becomes a Refresh, also for its
	// readers: they get what it brings.
	case f.purpose != PurposeForce:
		if f.purpose = PurposeForce; f.queued { // otherwise the caller that made it will begin it
			f.queued = false
			departs = f
		}
	}
	// Before the lock is given up: once the flight is over, nobody closes a channel that is made
	// later.
	f.joinLocked()
	r.flight = f
	return departs
}

// Invalidate drops the documents of keys with all their views, so that the next Get loads
// them. Watched documents are loaded at once, in the background. A load that began before
// the call does not put back what it read. Unknown keys are ignored.
func (c *Cache[V]) Invalidate(keys ...string) {
	documents := make([]string, 0, len(keys))
	for _, key := range keys {
		if r, err := c.viewOf(key, c.table.Load().find(key)); err == nil {
			documents = append(documents, r.document)
		}
	}
	// Two views of one document must not load it twice.
	slices.Sort(documents)
	c.mu.Lock()
	defer c.mu.Unlock()
	var flights []*flight[V]
	for i, key := range slices.Compact(documents) {
		// Between two documents the invariants hold, so others may have the lock.
		if i%slice == slice-1 {
			c.yieldLocked(nil)
		}
		e := c.table.Load().find(key)
		if e == nil {
			continue
		}
		d := e.doc
		c.invalidateLocked(d)
		// A load that has not begun will read after this call, so no other is needed. A load
		// that has begun is no longer in d.more.flight: invalidateLocked took it off.
		if d.more.watched() && d.more.flight == nil {
			flights = append(flights, c.boardLocked(d, PurposeRefresh))
		}
		// A document that nobody watches leaves the table here, unless a load is under way.
		c.tidyLocked(d)
		c.planLocked(d)
	}
	c.departLocked(c.ctx, false, flights...)
}

// invalidateLocked forgets what is kept of d, and makes loads under way come too late. A load
// that has not begun will read later than now, and may go on. That a value was gone is not
// forgotten: a watcher still knows it.
func (c *Cache[V]) invalidateLocked(d *document[V]) {
	m := d.own()
	// Invalidate takes a number, as if it were a load that brought nothing. Every load that
	// began before has a lower number and is overtaken; every later load has a higher one
	// (invariant 5).
	c.seq++
	m.published = c.seq
	// An outcome that is being judged was compared with a value that is not served any more.
	m.epoch++
	if m.flight != nil && m.flight.begun {
		m.flight = nil
	}
	// No moment of what was kept may remain: planLocked would plan for it (invariant 6).
	if d.expiresAt, d.refreshAt, d.held = 0, 0, false; m.trouble != nil {
		// The back-off goes, because the caller asks for a new attempt. That the value was gone
		// is kept: it must not come back if the backend answers with it by mistake, or if
		// Validate refuses the next one.
		m.trouble = &trouble{goneErr: m.trouble.goneErr}
	}
	c.dropLocked(d)
}

// pace is how long Renew has to wait for its next load: callers that are refused over and over
// again must not cause a load each. Guarded by Cache.mu. It belongs to the document and not to
// the handle: a service has a handle for each pool, and all of them are refused at the same
// moment.
type pace struct {
	misses int   // loads in a row that brought nothing new
	until  int64 // no load before
}

const (
	// The first pause is short, because a backend that has just rotated may answer with the new
	// value only a moment later. The limit is what a caller that is always refused costs: a load
	// in 5 seconds.
	paceFirst = 100 * time.Millisecond
	paceLimit = 5 * time.Second
)

// Renew is for a program whose value from h was just refused, for example a password that
// a database no longer accepts. used is the refused value. If the current value is already another one, Renew
// returns true at once. Otherwise it loads the document and waits for the load. It returns
// true if the current value then differs from used. Grace applies, so that a backend that
// lags can't bring back an older value. The back-off after failures does not apply. All
// callers that wait share the load.
//
// After a load that failed or brought nothing new, the next load is allowed after 100
// milliseconds, then after 200, and so on up to 5 seconds. Until then Renew returns false
// and no error at once. All handles of the document share this pause. It ends when the
// content of the document changes. So any number of callers may call Renew after each
// refusal.
//
// The errors are ctx's own, those of the load, [ErrPanic] if Equal panics, and [ErrClosed]
// after Stop or Close.
func (h *Handle[V]) Renew(ctx context.Context, used V) (changed bool, err error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	f, moved, err := h.renew(ctx, used)
	if f == nil || err != nil {
		return moved, err
	}
	if err := f.wait(ctx); err != nil {
		return false, err
	}
	// If Stop or Close came while it waited, nobody keeps the handle up to date any more.
	if err := h.stopped(); err != nil {
		return false, err
	}
	// The handle is looked at and not the flight: another load may have overtaken this one and
	// brought the change, or the value may have been refused.
	if moved, err = h.cache.opts.differ(h.Current(), used); moved || err != nil {
		return moved, err
	}
	return false, f.missed
}

// renew returns the load to wait for, or none when there is nothing to wait for: the value has
// moved, or the next load is not allowed yet. It joins a load that is under way even if that
// load began before: if it brings nothing new, the next one is allowed a moment later.
func (h *Handle[V]) renew(ctx context.Context, used V) (f *flight[V], moved bool, err error) {
	c, d := h.cache, h.watch.entry.doc
	// If there was no error, this function has the lock from here on.
	if moved, err = h.lockMoved(used); err != nil {
		return nil, false, err
	}
	defer c.mu.Unlock()
	if err := h.stoppedLocked(); err != nil || moved {
		return nil, moved && err == nil, err
	}
	m := d.own()
	// It returns at once and without an error. Otherwise a service whose clients are all refused
	// would queue them here, although they can only use the value that they have.
	if m.pace != nil && c.now() < m.pace.until {
		return nil, false, nil
	}
	f = m.flight
	// The caller waits for the load, so it does not stay behind others in a convoy.
	departs := f == nil || f.queued
	if f == nil {
		f = c.boardLocked(d, PurposeRefresh)
	}
	// Because of renews, the outcome begins the pause, even if others wait for the same load.
	f.renews, f.queued = true, false
	if f.joinLocked(); departs {
		c.departLocked(ctx, true, f)
		// The load may have changed what is due next.
		c.planLocked(d)
	}
	return f, false, nil
}

// lockMoved reports whether the current value is another one than used. If there is no error, it
// returns with the lock. Equal may take its time, so it runs without the lock. A load may land
// before the lock is taken, and may bring what the caller wants. So lockMoved then compares
// again, which saves a load.
func (h *Handle[V]) lockMoved(used V) (moved bool, err error) {
	for {
		state := h.state.Load()
		if moved, err = h.cache.opts.differ(state.current, used); err != nil {
			return false, err
		}
		h.cache.mu.Lock()
		// The state is replaced as a whole, so the same pointer is the same value.
		if h.state.Load() == state {
			return moved, nil
		}
		h.cache.mu.Unlock()
	}
}

func (h *Handle[V]) stopped() error {
	h.cache.mu.Lock()
	defer h.cache.mu.Unlock()
	return h.stoppedLocked()
}

func (h *Handle[V]) stoppedLocked() error {
	if _, ok := h.watch.handles[h]; !ok || h.cache.closed {
		return ErrClosed
	}
	return nil
}

// paceLocked makes the next Renew wait, after a load that brought nothing new.
func (c *Cache[V]) paceLocked(m *more[V]) {
	// It is dropped when the content changes and when the last watcher leaves, so most documents
	// have none.
	if m.pace == nil {
		m.pace = &pace{}
	}
	// The shift is bounded: a caller may try for years.
	wait := min(paceFirst<<min(m.pace.misses, 10), paceLimit)
	m.pace.misses++
	m.pace.until = after(c.now(), int64(wait))
}
