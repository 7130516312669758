package cache

import "context"

// request is what a reader asked for: an answer that is at hand, or a flight to
// wait for.
type request[V any] struct {
	entry  *entry[V]
	value  V
	err    error
	cached bool // answered without a load
	flight *flight[V]
}

func (c *Cache[V]) request(ctx context.Context, key string) request[V] {
	return c.requests(ctx, []string{key})[0]
}

// requests serves what is at hand and starts one load for all the rest.
func (c *Cache[V]) requests(ctx context.Context, keys []string) []request[V] {
	return c.ask(ctx, keys, PurposeRead, func(r *request[V]) (starts bool) {
		if c.serveLocked(r) {
			return false
		}
		d := r.entry.doc
		if starts = d.flight == nil; starts {
			c.boardLocked(d, PurposeRead)
		}
		r.flight = d.flight
		return starts
	})
}

// ask finds the entries of keys, has answerLocked answer each or give it a
// flight, and starts the flights that it says are new as one load.
func (c *Cache[V]) ask(
	ctx context.Context, keys []string, purpose Purpose, answerLocked func(*request[V]) (starts bool),
) []request[V] {
	requests := make([]request[V], len(keys))
	views := c.resolve(keys, requests)
	var load []*document[V]
	c.mu.Lock()
	defer c.mu.Unlock()
	for i := range requests {
		r := &requests[i]
		if r.err != nil {
			continue
		}
		if r.entry, r.err = c.entryLocked(keys[i], views[i]); r.err == nil && answerLocked(r) {
			load = append(load, r.entry.doc)
		}
	}
	c.departLocked(ctx, purpose, purpose == PurposeForce, load)
	return requests
}

// entryLocked returns the entry of key, made if it is new.
func (c *Cache[V]) entryLocked(key string, r resolved[V]) (*entry[V], error) {
	if c.closed {
		return nil, ErrClosed
	}
	if e := c.table.Load().find(key); e != nil {
		return e, nil
	}
	e := c.table.Load().find(r.document)
	if e == nil {
		d := &document[V]{index: -1}
		d.key, d.doc = r.document, d
		e = &d.entry
		c.insertLocked(e)
	}
	if key == r.document {
		return e, nil
	}
	v := &view[V]{project: r.project, peer: e.doc.views}
	v.key, v.doc, v.view = key, e.doc, v
	e.doc.views = v
	c.insertLocked(&v.entry)
	return &v.entry, nil
}

func (c *Cache[V]) insertLocked(e *entry[V]) {
	t := c.table.Load()
	c.evictLocked(t, e.doc)
	if t.full() {
		t = t.grown()
		c.table.Store(t)
	}
	t.insert(e)
}

// serveLocked answers r from what is kept and reports whether it could. It puts
// the key on the hit path and plans the document's refresh.
func (c *Cache[V]) serveLocked(r *request[V]) bool {
	e, d, now := r.entry, r.entry.doc, c.now()
	if now >= d.deadline() {
		return false
	}
	if d.val == nil {
		if d.trouble == nil || d.trouble.verdict != VerdictGone {
			return false
		}
		r.err, r.cached = d.trouble.err, true
		return true
	}
	if v := e.view; v != nil && e.val == nil && v.err == nil {
		projectView(v, *d.val)
	}
	if e.view != nil && e.view.err != nil {
		r.err, r.cached = e.view.err, true
		return true
	}
	r.value, r.cached = *e.val, true
	e.hot.Store(e.val)
	d.used = true
	c.planLocked(d)
	return true
}
