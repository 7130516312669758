package cache

import (
	"context"
	"time"
)

// pace is how long Renew has to wait for its next load. Guarded by Cache.mu.
type pace struct {
	misses int   // loads in a row that brought nothing new
	until  int64 // no load before
}

const (
	paceFirst = 100 * time.Millisecond
	paceLimit = 5 * time.Second
)

// Renew is for a user of the value whom somebody has just told that used, which
// it took from h, is no longer good. It returns true at once when the current
// value is another one, also when that comes while it waits. Else the document is
// loaded in the background, as when it falls due; all that wait share the load,
// and the back-off after failures does not hold it up.
//
// After a load that brought nothing new, or failed, the next one is allowed after
// 100 milliseconds, then 200, up to 5 seconds; meanwhile Renew returns false and
// no error at once. That pause is the document's, whichever handle asks, and ends
// when the document's content changes. So Renew may be called after each refusal,
// by any number of callers.
//
// Errors are ctx's, those of the load, and ErrClosed after Stop or Close.
func (h *Handle[V]) Renew(ctx context.Context, used V) (changed bool, err error) {
	if err := ctx.Err(); err != nil {
		return false, err
	}
	c := h.cache
	c.mu.Lock()
	f, changed, err := h.renewLocked(ctx, used)
	c.mu.Unlock()
	if f == nil {
		return changed, err
	}
	select {
	case <-f.done:
	case <-ctx.Done():
		return false, ctx.Err()
	case <-c.ctx.Done():
		return false, ErrClosed
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if changed, err = h.movedLocked(used); changed || err != nil {
		return changed, err
	}
	return false, f.missed
}

// renewLocked returns the load to wait for, or none when the answer is known.
func (h *Handle[V]) renewLocked(ctx context.Context, used V) (f *flight[V], changed bool, err error) {
	c, d := h.cache, h.watch.entry.doc
	if changed, err := h.movedLocked(used); changed || err != nil {
		return nil, changed, err
	}
	if d.pace != nil && c.now() < d.pace.until {
		return nil, false, nil
	}
	if d.flight == nil {
		c.boardLocked(d, PurposeRefresh)
		c.departLocked(ctx, PurposeRefresh, true, []*document[V]{d})
		c.planLocked(d)
	}
	d.flight.renews = true
	return d.flight, false, nil
}

// movedLocked reports whether the current value is another one than used.
func (h *Handle[V]) movedLocked(used V) (bool, error) {
	if _, ok := h.watch.handles[h]; !ok || h.cache.closed {
		return false, ErrClosed
	}
	return !h.cache.opts.Equal(h.state.Load().current, used), nil
}

// paceLocked makes the next Renew wait, after a load that brought nothing new.
func (c *Cache[V]) paceLocked(d *document[V]) {
	if d.pace == nil {
		d.pace = &pace{}
	}
	wait := min(paceFirst<<min(d.pace.misses, 10), paceLimit)
	d.pace.misses++
	d.pace.until = c.now() + int64(wait)
}
