package cache

import "context"

// request is what a reader asked for: an answer that is at hand, a view to compute
// from parsed, or a flight to wait for.
type request[V any] struct {
	key    string
	as     resolved[V]
	entry  *entry[V]
	value  V
	err    error
	cached bool // answered from what is kept
	flight *flight[V]
	parsed *parsed[V]
}

// resolve asks View about the key, unless its entry e is there.
func (c *Cache[V]) resolve(key string, e *entry[V]) (r request[V]) {
	r.key = key
	r.as, r.err = c.viewOf(key, e)
	return r
}

func (c *Cache[V]) resolveAll(keys []string) []request[V] {
	requests := make([]request[V], len(keys))
	for i, key := range keys {
		requests[i] = c.resolve(key, c.table.Load().find(key))
	}
	return requests
}

// readLocked answers r from what is kept or has it wait for a load, which may be
// a new one; the caller must depart that.
func (c *Cache[V]) readLocked(r *request[V]) (departs *flight[V]) {
	if r.err != nil {
		return nil
	}
	if r.entry, r.err = c.entryLocked(r.key, r.as); r.err != nil || c.serveLocked(r) {
		return nil
	}
	d := r.entry.doc
	f := d.more.loading()
	switch {
	case f == nil:
		f = c.boardLocked(d, PurposeRead)
		departs = f
	case f.queued: // behind others, for which a reader should not wait
		f.queued = false
		if f.purpose == PurposeRefresh {
			f.purpose = PurposeRead
		}
		departs = f
	}
	f.joinLocked()
	r.flight = f
	return departs
}

// serveLocked answers r from what is kept and reports whether it could. It puts
// the key on the hit path and plans the document's refresh: see entry.
func (c *Cache[V]) serveLocked(r *request[V]) bool {
	e, d := r.entry, r.entry.doc
	if d.state == empty {
		return false
	}
	now := c.now()
	if now >= d.deadline() {
		return false
	}
	r.cached = true
	switch s := e.side; {
	case d.state == gone:
		r.err = d.more.trouble.err
		return true
	case e.isView() && (s.from != d.val || s.err != nil && now >= s.until):
		r.parsed = d.parsedLocked(d.val) // it is not computed yet, or anew
		return true
	case e.isView() && s.err != nil:
		r.err = s.err
		return true
	}
	r.value = *e.val
	e.hot.Store(e.val)
	d.used = true
	c.planLocked(d)
	return true
}

// answer waits for r's flight, if it has one, and computes what is left to.
func (c *Cache[V]) answer(ctx context.Context, r *request[V]) (V, error) {
	if f := r.flight; f != nil {
		if r.err = f.wait(ctx); r.err == nil {
			r.err = f.err
		}
		if r.err == nil {
			r.value, r.parsed = *f.val, f.parsed
		}
		if r.err == nil && r.parsed == nil && r.entry.isView() {
			r.parsed = &parsed[V]{value: f.val} // the view was dropped meanwhile
		}
	}
	if r.parsed != nil && r.entry.isView() {
		r.value, r.err = c.view(r.entry, r.parsed)
	}
	if r.err != nil {
		var zero V
		return zero, r.err
	}
	return r.value, nil
}
