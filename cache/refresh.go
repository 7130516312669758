package cache

import (
	"context"
	"slices"
	"time"
)

// Refresh loads keys now, without jitter and whatever is kept, and returns when
// that is done. The loads begin after the call, so that afterwards Get returns
// what the backend holds now. Refreshes that wait together share a load. It
// returns one error or nil for each key, in their order; what was kept is then
// treated as after any failed load. The errors are those of Get. An error of the
// load or of Validate is returned even if readers still get the kept value.
func (c *Cache[V]) Refresh(ctx context.Context, keys ...string) []error {
	errs := make([]error, len(keys))
	if err := ctx.Err(); err != nil {
		for i := range errs {
			errs[i] = err
		}
		return errs
	}
	requests := c.resolveAll(keys)
	c.askAll(ctx, true, requests, c.forceLocked)
	for i := range requests {
		r := &requests[i]
		if _, errs[i] = c.answer(ctx, r); errs[i] == nil {
			errs[i] = r.flight.missed
		}
	}
	return errs
}

// forceLocked gives r a flight that begins after now, and returns it if the
// caller must depart it. One that is still waiting for its turn will do; a load
// that already runs for another caller is overtaken. Behind a Refresh that is
// under way waits one more at the most, however many ask for it.
func (c *Cache[V]) forceLocked(r *request[V]) (departs *flight[V]) {
	if r.err != nil {
		return nil
	}
	if r.entry, r.err = c.entryLocked(r.key, r.as); r.err != nil {
		return nil
	}
	d := r.entry.doc
	f := d.more.loading()
	switch {
	case f == nil || f.begun && f.purpose != PurposeForce:
		f = c.boardLocked(d, PurposeForce)
		departs = f
	case f.begun:
		if f.next == nil {
			f.next = &flight[V]{doc: d, purpose: PurposeForce}
		}
		f = f.next
	case f.purpose != PurposeForce:
		if f.purpose = PurposeForce; f.queued { // otherwise the caller that has just made it starts it
			f.queued = false
			departs = f
		}
	}
	f.joinLocked()
	r.flight = f
	return departs
}

// Invalidate drops what is kept of keys, so that the next Get loads them; watched
// keys are loaded at once. Loads under way don't bring back what they read. All
// that is kept of a key's document goes with it. Unknown keys are ignored.
func (c *Cache[V]) Invalidate(keys ...string) {
	documents := make([]string, 0, len(keys))
	for _, key := range keys {
		if r, err := c.viewOf(key, c.table.Load().find(key)); err == nil {
			documents = append(documents, r.document)
		}
	}
	slices.Sort(documents)
	c.mu.Lock()
	defer c.mu.Unlock()
	var flights []*flight[V]
	for i, key := range slices.Compact(documents) {
		if i%slice == slice-1 {
			c.yieldLocked(nil)
		}
		e := c.table.Load().find(key)
		if e == nil {
			continue
		}
		d := e.doc
		c.invalidateLocked(d)
		if d.more.watched() && d.more.flight == nil {
			flights = append(flights, c.boardLocked(d, PurposeRefresh))
		}
		c.tidyLocked(d)
		c.planLocked(d)
	}
	c.departLocked(c.ctx, false, flights...)
}

// invalidateLocked forgets what is kept of d, and makes loads under way come too
// late. One that has not begun will read later than now, and may go on. That a
// value was gone is not forgotten: a watcher still knows it.
func (c *Cache[V]) invalidateLocked(d *document[V]) {
	m := d.own()
	c.seq++
	m.published = c.seq
	m.epoch++
	if m.flight != nil && m.flight.begun {
		m.flight = nil
	}
	if d.expiresAt, d.refreshAt, d.held = 0, 0, false; m.trouble != nil {
		m.trouble = &trouble{goneErr: m.trouble.goneErr}
	}
	c.dropLocked(d)
}

// pace is how long Renew has to wait for its next load: callers that are refused over
// and over again must not become a load each. Guarded by Cache.mu.
type pace struct {
	misses int   // loads in a row that brought nothing new
	until  int64 // no load before
}

const (
	paceFirst = 100 * time.Millisecond
	paceLimit = 5 * time.Second
)

// Renew is for a user of the value who was just told that used, which came from
// h, is no longer good. It returns true at once when the current value is another
// one, even if that one comes while it waits. Otherwise the document is loaded in
// the background, as when it falls due: Grace holds, so that a lagging backend
// can't be made to downgrade it, but the back-off after failures does not. All
// that wait share the load.
//
// After a load that brought nothing new, or failed, the next one is allowed after
// 100 milliseconds, then 200, up to 5 seconds; meanwhile Renew returns false and
// no error at once. That pause is the document's, for all its handles, and ends
// when the document's content changes. So Renew may be called after each refusal,
// by any number of callers.
//
// Errors are ctx's, those of the load, and ErrClosed after Stop or Close.
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
	if err := h.stopped(); err != nil {
		return false, err
	}
	if moved, err = h.cache.opts.differ(h.Current(), used); moved || err != nil {
		return moved, err
	}
	return false, f.missed
}

// renew returns the load to wait for, or none when there is nothing to wait for: the
// value has moved, or the next load is not allowed yet. It joins a load that is under
// way even if that began before: if it brings nothing new, the next one is a moment
// away.
func (h *Handle[V]) renew(ctx context.Context, used V) (f *flight[V], moved bool, err error) {
	c, d := h.cache, h.watch.entry.doc
	if moved, err = h.lockMoved(used); err != nil {
		return nil, false, err
	}
	defer c.mu.Unlock()
	if err := h.stoppedLocked(); err != nil || moved {
		return nil, moved && err == nil, err
	}
	m := d.own()
	if m.pace != nil && c.now() < m.pace.until {
		return nil, false, nil
	}
	f = m.flight
	departs := f == nil || f.queued
	if f == nil {
		f = c.boardLocked(d, PurposeRefresh)
	}
	f.renews, f.queued = true, false
	if f.joinLocked(); departs {
		c.departLocked(ctx, true, f)
		c.planLocked(d)
	}
	return f, false, nil
}

// lockMoved takes the lock, if there is no error, and reports whether the current value
// is another one than used. Equal may take its time, so it runs without the lock; but a
// load that lands between the two has brought what the caller is after, and must not
// cost another.
func (h *Handle[V]) lockMoved(used V) (moved bool, err error) {
	for {
		state := h.state.Load()
		if moved, err = h.cache.opts.differ(state.current, used); err != nil {
			return false, err
		}
		h.cache.mu.Lock()
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
	if m.pace == nil {
		m.pace = &pace{}
	}
	wait := min(paceFirst<<min(m.pace.misses, 10), paceLimit)
	m.pace.misses++
	m.pace.until = after(c.now(), int64(wait))
}
