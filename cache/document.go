package cache

import (
	"math"
	"sync/atomic"
)

// entry is one key that callers ask for: a document, or a view of one. A program may hold a
// hundred thousand entries. So what only few of them need is kept apart, in side and more, and
// the fields are in an order that leaves no gaps.
type entry[V any] struct {
	// hot is what the hit path serves. If it is nil, readers take the slow path, which sets it
	// from val and plans the refresh. By that first read after a load, the cache knows that a
	// key is in use. So a hit needs no clock and no lock, and a key that is not read costs no
	// timer.
	hot  atomic.Pointer[V]
	next atomic.Pointer[entry[V]] // the table's chain
	key  string
	doc  *document[V] // itself, for a document

	// Guarded by Cache.mu.

	// val points to the value. Readers hold the pointer without the lock, so the value is never
	// overwritten: a new one has a new pointer, which also tells two values apart. A watched
	// document that serves nothing still has its last val.
	val  *V
	side *side[V] // nil for an unwatched document
	hash uint32   // the half of the key's hash that the table needs
	// index is the document's place in the schedule; -1 if it is not there.
	index int32
}

// side is what only a view or a watched entry has. It is guarded by Cache.mu, except for
// project, which does not change.
type side[V any] struct {
	watch *watch[V] // nil while it is not watched

	// The fields below belong to a view. Its val or err is good as long as from is the
	// document's val. So a new value makes all views old, and nobody has to visit them.
	project    func(V) (V, error) // nil leaves it to Options.Parse
	from       *V
	err        error // why from has no such view
	until      int64 // until when err is remembered
	peer, back *entry[V]
	removed    bool // no longer in the table
}

// state says what a document serves. DESIGN.md has the table of what moves it.
type state uint8

const (
	empty state = iota // nothing; a watched document still knows its last value
	kept               // val, until expiresAt
	stale              // val past its TTL, until staleUntil, as the backend is down
	gone               // the failure that is VerdictGone, until expiresAt
)

// document is what one load answers. It is guarded by Cache.mu. Times are
// nanoseconds since the cache was made.
type document[V any] struct {
	entry[V]
	more  *more[V] // nil while the document has nothing of it
	terms *terms   // of val, or of the last val that there was

	loadedAt  int64 // when the load of val began
	expiresAt int64 // when the TTL of val, or of the remembered failure, ends
	refreshAt int64 // when to load again, if it is used or watched; 0: not at all

	state   state
	used    bool // some entry is hot, or was hot since the last load
	held    bool // refreshAt is when the pause of its failing origin ends
	removed bool // no longer in the table
}

// terms are what many documents of one origin have in common. Sharing them saves 24 bytes for
// each document.
type terms struct {
	origin        string
	ttl, maxStale int64 // ttl is 0 for what is not kept
}

// more is what a document has only at times: while it is loaded, watched, in
// trouble, or has views.
type more[V any] struct {
	flight    *flight[V] // the newest load, which readers join; nil without one
	flights   *flight[V] // all loads that have not landed, also overtaken ones
	published uint64     // the seq of the newest flight that decided what is served
	// An outcome is judged without the lock. If epoch has changed by then, that judgement is
	// void: see lookLocked.
	epoch    uint64   // counts the changes after which a landing is judged anew
	trouble  *trouble // nil while all is well
	views    *entry[V]
	parsed   *parsed[V] // of val; nil until a view needs it
	expected *expected[V]
	quiet    int64 // Expect begins no load before this; 0: at any time
	pace     *pace
	alias    string       // see Loaded.Alias
	namesake *document[V] // the next one of that alias
	watchers int32        // handles and callbacks
	watches  int32        // entries with a watch; a watch stays while its callback runs
	told     bool         // Gone was told, and Appeared was not told since
}

// trouble is what went wrong since the last good load. The next good load clears it. If that
// load brings an older value, regressed stays: Grace counts from it.
type trouble struct {
	err       error
	verdict   Verdict
	origin    string // of the failure
	failures  int
	until     int64 // the document's own back-off, if its origin is well
	regressed int64 // when an older value was first seen
	refused   bool
	stale     bool  // val was served past its TTL
	goneErr   error // the last failure that was VerdictGone: what is known must not be served again
}

// own returns more for writing, and makes it if d has none.
func (d *document[V]) own() *more[V] {
	if d.more == nil {
		d.more = &more[V]{}
	}
	return d.more
}

func (d *document[V]) troubled() *trouble {
	m := d.own()
	if m.trouble == nil {
		m.trouble = &trouble{}
	}
	return m.trouble
}

// The methods below read more, and also work if it is nil: a document that is kept and idle has
// no more, and most documents are kept and idle.

func (m *more[V]) loading() *flight[V] {
	if m == nil {
		return nil
	}
	return m.flight
}

func (m *more[V]) busy() bool { return m != nil && m.flights != nil }

func (m *more[V]) watched() bool { return m != nil && m.watchers > 0 }

// held reports whether the document is watched, or a callback of its last watchers still runs.
func (m *more[V]) held() bool { return m != nil && m.watches > 0 }

func (m *more[V]) failing() *trouble {
	if m == nil {
		return nil
	}
	return m.trouble
}

func (m *more[V]) awaits() *expected[V] {
	if m == nil {
		return nil
	}
	return m.expected
}

func (m *more[V]) view() *entry[V] {
	if m == nil {
		return nil
	}
	return m.views
}

func (e *entry[V]) isView() bool { return e != &e.doc.entry }

func (e *entry[V]) watch() *watch[V] {
	if e.side == nil {
		return nil
	}
	return e.side.watch
}

// serves reports whether val is what readers get, as long as its time lasts.
func (d *document[V]) serves() bool { return d.state == kept || d.state == stale }

// deadline is the moment from which the document must no longer serve what it serves now.
func (d *document[V]) deadline() int64 {
	switch d.state {
	case empty:
		return math.MinInt64
	case stale:
		return d.staleUntil()
	}
	return d.expiresAt
}

// staleUntil is when serving val past its TTL ends at the latest.
func (d *document[V]) staleUntil() int64 { return after(d.expiresAt, d.terms.maxStale) }

// each visits the document's own entry and its views; visit may remove the view
// that it is given.
func (d *document[V]) each(visit func(*entry[V])) {
	visit(&d.entry)
	for v := d.more.view(); v != nil; {
		next := v.side.peer
		visit(v)
		v = next
	}
}

// cool takes all entries off the hit path. The next read of an entry puts it back, and shows
// that the document is still in use. If no read comes, the document is no longer in use.
func (d *document[V]) cool() {
	d.used = false
	d.each(func(e *entry[V]) { e.hot.Store(nil) })
}

// isHot reports whether readers of some entry were on the hit path.
func (d *document[V]) isHot() (hot bool) {
	d.each(func(e *entry[V]) { hot = hot || e.hot.Load() != nil })
	return hot
}

// shedLocked takes more from d if d no longer needs it. The next document that is loaded gets it.
func (c *Cache[V]) shedLocked(d *document[V]) {
	m := d.more
	if m != nil && m.flights == nil && m.trouble == nil && m.views == nil && m.expected == nil &&
		m.quiet == 0 && m.pace == nil && m.alias == "" && m.watches == 0 && !m.told {
		*m = more[V]{}
		d.more, c.spare = nil, m
	}
}

// A document's views are a list, the newest one first.

func (c *Cache[V]) addViewLocked(d *document[V], key string, project func(V) (V, error)) *entry[V] {
	// It goes into the table first: making room there may remove other views of d from the list.
	v := &entry[V]{key: key, doc: d, index: -1, side: &side[V]{project: project}}
	c.insertLocked(v, d)
	m := d.own()
	if v.side.peer = m.views; m.views != nil {
		m.views.side.back = v
	}
	m.views = v
	return v
}

func (c *Cache[V]) removeViewLocked(v *entry[V]) {
	s, m := v.side, v.doc.more
	if s.peer != nil {
		s.peer.side.back = s.back
	}
	if s.back != nil {
		s.back.side.peer = s.peer
	} else {
		m.views = s.peer
	}
	s.peer, s.back, s.removed = nil, nil, true
	// A reader may have found v just now. After the next change, it must not be served from v.
	v.hot.Store(nil)
	v.val, s.from, s.err = nil, nil, nil
	c.table.Load().remove(v)
	if m.views == nil {
		m.parsed = nil
	}
}

// goOnLocked serves a known value again, because what the backend answered was not accepted.
// Readers take the slow path once, as after any load.
func (c *Cache[V]) goOnLocked(d *document[V], known *V) {
	d.cool()
	d.val, d.state = known, kept
}

// dropLocked ends the serving of d. While it is watched, the last val stays known, because the
// next value may be a change. Views that are not watched leave the table: they would be computed
// anew in any case, and requests for views of a missing document must not fill the table.
func (c *Cache[V]) dropLocked(d *document[V]) {
	d.cool()
	d.state = empty
	for v := d.more.view(); v != nil; {
		next := v.side.peer
		if v.val, v.side.from, v.side.err = nil, nil, nil; v.side.watch == nil {
			c.removeViewLocked(v)
		}
		v = next
	}
	if d.more != nil {
		d.more.parsed = nil
	}
	if !d.more.watched() {
		d.val = nil
	}
}
