package cache

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"github.com/secretmux/secretmux/internal/spare"
)

// request is what a reader asked for: an answer that is at hand, a view to compute
// from parsed, or a flight to wait for. The lock is held only to find out which of
// them it is.
type request[V any] struct {
	key    string
	as     resolved[V]
	entry  *entry[V]
	value  V
	err    error
	cached bool // answered from what is kept
	flight *flight[V]
	single bool          // the caller of readLocked sets first, if it begins the flight
	first  *spare.Signal // wakes the reader when the flight is over; nil: the flight's channel does
	parsed *parsed[V]
}

// resolve finds out what key is: from its entry e or, if e is nil, from View.
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

// askAll calls ask for each request, which answers it or gives it a flight, and begins the loads
// that ask returns. If there are many requests, others get the lock now and then, but not
// between two views of one document, because these have to be of one value.
func (c *Cache[V]) askAll(ctx context.Context, pass bool, requests []request[V], ask func(*request[V]) *flight[V]) {
	// Requests are sorted by document only if the lock is given up in between. Then the views of
	// one document come together and are answered from one value (invariant 4).
	order := make([]int, len(requests))
	for i := range order {
		order[i] = i
	}
	if len(order) > slice {
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(requests[a].as.document, requests[b].as.document) })
	}
	var flights []*flight[V]
	c.mu.Lock()
	defer c.mu.Unlock()
	for n, asked := 0, 0; n < len(order); n++ {
		r := &requests[order[n]]
		if asked++; asked > slice && r.as.document != requests[order[n-1]].as.document {
			asked = 0
			c.yieldLocked(nil)
		}
		if f := ask(r); f != nil {
			flights = append(flights, f)
		}
	}
	// Called once for all: what one caller asks for is loaded in common batches.
	c.departLocked(ctx, pass, flights...)
}

// readLocked answers r from what is kept or has it wait for a load. It returns the flight that
// the caller must begin, if there is one: a new flight, or one that still waits behind others,
// because a reader should not wait behind those.
func (c *Cache[V]) readLocked(r *request[V]) (departs *flight[V]) {
	if r.err != nil {
		return nil
	}
	// The entry is looked for again with the lock: the one that the caller saw without it may have left.
	if r.entry, r.err = c.entryLocked(r.key, r.as); r.err != nil || c.serveLocked(r) {
		return nil
	}
	d := r.entry.doc
	f := d.more.loading()
	switch {
	case f == nil:
		f = c.boardLocked(d, PurposeRead)
		departs = f
	// The flight waits behind others that are loaded in the background. They can wait for this
	// reader, not he for them.
	case f.queued:
		f.queued = false // its convoy passes it over
		if f.purpose == PurposeRefresh {
			f.purpose = PurposeRead
		}
		departs = f
	}
	// With the lock still held: the flight may be over as soon as that is given up.
	if r.flight = f; departs == nil || !r.single {
		f.joinLocked()
	}
	return departs
}

// serveLocked answers r from what is kept and reports whether it could. It puts
// the key on the hit path and plans the document's refresh: see entry. Absence
// does not count as use: otherwise requests for an absent key would keep loading
// it.
func (c *Cache[V]) serveLocked(r *request[V]) bool {
	e, d := r.entry, r.entry.doc
	if d.state == empty {
		return false
	}
	// The timer may be late, so the clock decides here whether the time is over.
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
		// The view is not computed from this value yet, or its error is too old. The reader
		// computes it, without the lock.
		r.parsed = d.parsedLocked(d.val)
		return true
	case e.isView() && s.err != nil:
		r.err = s.err
		return true
	}
	r.value = *e.val
	// An entry that is hot has to be in the schedule, which ends it in time (invariant 3). So
	// both happen before the lock is given up.
	e.hot.Store(e.val)
	d.used = true
	c.planLocked(d)
	return true
}

// answer waits for r's flight, if it has one, and computes the view, if r asks for one. The
// reader that wants a view computes it, so that nobody else waits for it. It uses the value of
// the flight, even if there is a newer one by now.
func (c *Cache[V]) answer(ctx context.Context, r *request[V]) (V, error) {
	if f := r.flight; f != nil {
		if r.err = c.await(ctx, r.flight, r.first); r.err == nil {
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

// resolved is what Options.View says about a key.
type resolved[V any] struct {
	document string
	project  func(V) (V, error)
}

// viewOf says what a key is. e is its entry, or nil. View is the user's, so viewOf must be
// called without the lock.
func (c *Cache[V]) viewOf(key string, e *entry[V]) (resolved[V], error) {
	if c.opts.View == nil {
		return resolved[V]{document: key}, nil
	}
	if e != nil { // e may have left when the answer is used
		r := resolved[V]{document: e.doc.key}
		if e.isView() {
			r.project = e.side.project
		}
		return r, nil
	}
	return c.askView(key)
}

func (c *Cache[V]) askView(key string) (r resolved[V], err error) {
	defer caught(&err)
	r.document, r.project, err = c.opts.View(key)
	return r, err
}

// entryLocked returns the entry of key, and makes it if there is none. r may be from a moment
// ago: what a key is does not change, only whether there is an entry.
func (c *Cache[V]) entryLocked(key string, r resolved[V]) (*entry[V], error) {
	if c.closed {
		return nil, ErrClosed
	}
	// With the lock, find misses nothing: see table.
	if e := c.table.Load().find(key); e != nil {
		return e, nil
	}
	var e *entry[V]
	if key != r.document {
		e = c.table.Load().find(r.document)
	}
	if e == nil {
		d := &document[V]{entry: entry[V]{key: r.document, index: -1}}
		d.doc = d
		e = &d.entry
		// d is empty and in the table: the caller gives it a load, a watch or a view before
		// the lock is given up, or nothing would ever remove it (invariant 8).
		c.insertLocked(e, d)
	}
	if key == r.document {
		return e, nil
	}
	return c.addViewLocked(e.doc, key, r.project), nil
}

// parsed is a document's value on its way to its views. It is shared by all who need a view, so
// that a document is parsed once for them, and without the lock. Those who need it wait for the
// one who parses, and nobody else does.
type parsed[V any] struct {
	value *V
	once  sync.Once
	views func(key string) (V, error)
}

// parsedLocked returns what the views of value are computed from. d has value now, or had it.
func (d *document[V]) parsedLocked(value *V) *parsed[V] {
	switch m := d.more; {
	case m.view() == nil || value == nil:
		return nil
	case m.parsed != nil && m.parsed.value == value:
		return m.parsed
	// It is kept for the next view of the same value, unless the value is only known and not
	// served.
	case value == d.val && d.serves():
		m.parsed = &parsed[V]{value: value}
		return m.parsed
	}
	return &parsed[V]{value: value}
}

// project computes the view v. It calls the user's functions, so it must be called
// without the lock. A panic of theirs becomes ErrPanic.
func (c *Cache[V]) project(v *entry[V], p *parsed[V]) (value V, err error) {
	defer caught(&err)
	switch f := v.side.project; {
	case f != nil:
		return f(*p.value)
	case c.opts.Parse == nil:
		return *p.value, nil
	}
	// The first caller parses; the others wait here, without the lock. If Parse panics, p.views
	// stays nil, and each of them fails with ErrPanic.
	p.once.Do(func() { p.views = c.opts.Parse(*p.value) })
	return p.views(v.key)
}

// view computes v from p, and keeps the outcome if p is of the value that the document still
// has. If several readers compute it at a time, the outcome of the first is kept: what is on the
// hit path must be what is kept.
func (c *Cache[V]) view(v *entry[V], p *parsed[V]) (V, error) {
	value, err := c.project(v, p)
	c.mu.Lock()
	defer c.mu.Unlock()
	// The value may have been replaced while the view was computed. The reader gets what it
	// waited for, but only a view of the present value is kept (invariant 4).
	if d := v.doc; d.val == p.value && d.serves() && (v.side.from != p.value || v.side.err != nil) && !v.side.removed && !c.closed {
		c.setViewLocked(v, p.value, &value, err)
	}
	return value, err
}

// setViewLocked gives v its value, or err. A view that does not exist is forgotten after
// NegativeTTL, as an absent document is.
func (c *Cache[V]) setViewLocked(v *entry[V], from, value *V, err error) {
	s := v.side
	if s.from = from; err == nil {
		v.val, s.err = value, nil
		return
	}
	v.val, s.err = nil, err
	if s.until = after(c.now(), int64(max(c.opts.NegativeTTL, 0))); s.watch != nil {
		return
	}
	if c.opts.NegativeTTL <= 0 {
		c.removeViewLocked(v)
	} else {
		c.absentLocked(v, s.until)
	}
}
