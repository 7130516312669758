package cache

import (
	"sync/atomic"
	"time"
)

// entry is one key that callers ask for: a document or a view of one.
type entry[V any] struct {
	// hot is what the hit path serves. Nil sends readers to the slow path, which
	// sets it from val and plans the refresh; that first read after a load is how
	// the cache knows that a key is in use.
	hot  atomic.Pointer[V]
	next atomic.Pointer[entry[V]] // the table's chain
	hash uint64
	key  string
	doc  *document[V]
	view *view[V] // nil for the document's own entry

	// Guarded by Cache.mu.
	val   *V
	watch *watch[V] // nil while nobody watches
}

// document is what one load answers. All fields are guarded by Cache.mu. Times
// are nanoseconds since the cache was made.
type document[V any] struct {
	entry[V]
	views *view[V]

	flight    *flight[V] // the newest load under way
	flights   *flight[V] // all loads under way, also those that are overtaken
	published uint64     // the seq of the newest flight that set val

	known      *V    // the content that a new value is compared with
	loadedAt   int64 // when the load of val began
	refreshAt  int64 // when to load again
	expiresAt  int64 // when the TTL of val, or of the remembered failure, ends
	staleUntil int64 // when serving val past its TTL ends
	ttl        time.Duration
	maxStale   time.Duration
	origin     *origin
	trouble    *trouble // nil while all is well

	alias    string // see Loaded.Alias
	namesake *document[V]
	expected *expected[V] // by Expect; nil while nothing is
	pace     *pace        // of Renew; nil while it may load at once

	due      int64 // when the timer has to look at this document
	index    int32 // in the schedule; -1 when it is not there
	watchers int32
	used     bool // some entry is, or was since the last load, hot
	stale    bool // val is served past its TTL
	removed  bool // no longer in the table
	told     bool // that it is gone, and not yet that it appeared
}

// trouble is what went wrong since the last good load.
type trouble struct {
	err       error
	verdict   Verdict
	failures  int
	refused   bool
	stale     bool  // a value was served past its TTL
	gone      bool  // a failure was Gone: what is known must not be served again
	regressed int64 // when an older value was first seen
}

// origin is where values come from, and how that place is doing.
type origin struct {
	name     string
	failures int
	until    int64 // no refresh before
}

func (d *document[V]) troubled() *trouble {
	if d.trouble == nil {
		d.trouble = &trouble{}
	}
	return d.trouble
}

// deadline is when val must no longer be served.
func (d *document[V]) deadline() int64 {
	if d.stale {
		return d.staleUntil
	}
	return d.expiresAt
}

// each visits the document's own entry and its views.
func (d *document[V]) each(visit func(*entry[V])) {
	visit(&d.entry)
	for v := d.views; v != nil; v = v.peer {
		visit(&v.entry)
	}
}

// cool takes all entries off the hit path.
func (d *document[V]) cool() {
	d.used = false
	d.each(func(e *entry[V]) { e.hot.Store(nil) })
}

// isHot reports whether readers of some entry were on the hit path.
func (d *document[V]) isHot() (hot bool) {
	d.each(func(e *entry[V]) { hot = hot || e.hot.Load() != nil })
	return hot
}

// drop forgets the value. What it was stays known while somebody watches, as the
// next value may be a change.
func (d *document[V]) drop() {
	d.cool()
	d.stale = false
	d.each(func(e *entry[V]) {
		e.val = nil
		if e.view != nil {
			e.view.err = nil
		}
	})
	if d.watchers == 0 {
		d.known = nil
	}
}
