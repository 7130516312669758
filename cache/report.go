package cache

import (
	"fmt"
	"time"
)

// Kind says what an [Event] is about.
type Kind int

// The kinds of events.
const (
	KindLoadDone       Kind = iota + 1 // a load for a reader has ended
	KindRefreshDone                    // a load in the background or for Refresh has ended
	KindRotated                        // the content of a document changed
	KindRefused                        // Validate refused a changed value
	KindStaleBegan                     // from now on a value is served after its TTL
	KindRetryPlanned                   // a failed refresh or callback will be tried again
	KindCallbackFailed                 // a callback returned an error or panicked
	KindAppeared                       // a document that was reported as gone has a value again
	KindGone                           // a document that had a value or is watched is gone
	KindRecovered                      // a load succeeded after a stale value or several failures
)

// Event is something that the cache did. Fields that a kind does not use are zero.
type Event[V any] struct {
	Kind Kind
	// Key is the key of the document. For a callback it is the key that is watched.
	Key string
	// Value is the value that is served now, or the zero V. For a callback it is its New.
	Value    V
	Origin   string        // see [Loaded]
	Err      error         // of the load, of Validate or of the callback
	Duration time.Duration // of the load, with Validate
	Attempt  int           // how many times it has failed in a row
	Delay    time.Duration // until the next try
}

// Events are noted with the lock and told without it: an Observe that takes its time must not
// hold up others, and one that uses the cache must not meet a lock that is held.

// event notes an event of a document, to be told once x is decided. The event has the document's
// key and its Value, never the value as text: the user decides what becomes of Value.
func (c *Cache[V]) event(x *landing[V], e Event[V]) {
	if c.observed() {
		e.Key = x.doc.key
		x.events = append(x.events, e)
	}
}

func (c *Cache[V]) observed() bool {
	return c.opts.Observe != nil && (c.opts.Observed == nil || c.opts.Observed())
}

// doneEvent tells that a load has ended.
func (c *Cache[V]) doneEvent(x *landing[V]) {
	if !c.observed() { // the duration costs a look at the clock
		return
	}
	// Duration is that of the whole load, from its beginning to the decision, with the time that
	// Validate took.
	e := Event[V]{Kind: KindRefreshDone, Origin: x.Origin, Err: x.Err, Duration: time.Duration(x.now() - x.batch.began)}
	// The purpose of the batch counts, not that of the flight: a refresh that a reader has
	// joined was still begun in the background.
	if x.batch.Purpose == PurposeRead {
		e.Kind = KindLoadDone
	}
	c.event(x, e)
}

// wellEvent tells of the end of what was wrong with a document.
func (c *Cache[V]) wellEvent(x *landing[V]) {
	// wellEvent must be called before the trouble is cleared, and after flight.val is set.
	e := Event[V]{Value: *x.flight.val, Origin: x.Origin}
	switch t := x.doc.more.trouble; {
	// Appeared includes recovered: a document that was gone and is back is told once.
	case x.doc.more.told:
		e.Kind = KindAppeared
	// One failure among successes is noise, unless readers got a stale value for it.
	case t != nil && t.verdict != VerdictGone && (t.stale || t.failures > 1):
		e.Kind, e.Attempt = KindRecovered, t.failures
	default:
		return
	}
	c.event(x, e)
}

// retryEvent tells when a failed load is tried again, if it is.
func (c *Cache[V]) retryEvent(x *landing[V], from string) {
	d := x.doc
	// The event must not promise what will not happen. No load is planned if one is under way,
	// or if nobody reads or watches.
	if d.more.loading() != nil || d.refreshAt == 0 || !d.more.watched() && !d.used {
		return
	}
	t := d.more.trouble
	c.event(x, Event[V]{
		Kind: KindRetryPlanned, Origin: from, Err: t.err, Attempt: t.failures, Delay: time.Duration(d.refreshAt - x.now()),
	})
}

// Stat is the state of one document.
type Stat[V any] struct {
	Key string
	// Value is the value that is served. For a watched document it may be the last one that
	// was served. Known says whether there is a Value. Served says whether Get returns it.
	Value         V
	Known, Served bool
	// Loaded is when the load of Value began. It is zero if there is no Value.
	Loaded time.Time
	// Stale says that the value is served after its TTL.
	Stale bool
	// Refused says that Validate refused the backend's newer value.
	Refused bool
	// Gone says that the last load failed with [VerdictGone]. Err is that failure.
	Gone bool
	// GoneErr is the last [VerdictGone] failure, even if other failures came after it. It
	// is nil after a load that succeeded.
	GoneErr error
	// Failures is how many loads failed or were refused since the last good one. Err is why.
	Failures int
	Err      error
	// Watched says that the document or a view of it is watched. NextRefresh is when it is
	// loaded again. It is zero if no load is planned.
	Watched     bool
	NextRefresh time.Time
	// Live says that a [Handle] watches the document or a view of it.
	Live bool
	// LoadingSince is when the oldest running load began. It is zero if no load runs.
	LoadingSince time.Time
	// Loading says that a load runs or is about to begin.
	Loading bool
	// Running are the callbacks that run now.
	Running []Running
	// Broken are the watched views that can't be computed from Value, each with the reason.
	Broken []KeyError
	// Callbacks has the last error of each callback that has failed and not succeeded since.
	Callbacks []KeyError
}

// Running is a callback that runs: the key that it watches, and when the call began.
type Running struct {
	Key   string
	Since time.Time
}

// KeyError says which key an error is about.
type KeyError struct {
	Key string
	Err error
}

// Error names the key and the cause.
func (e *KeyError) Error() string { return fmt.Sprintf("%q: %v", e.Key, e.Err) }

// Unwrap returns the cause.
func (e *KeyError) Unwrap() error { return e.Err }

// Stats returns the state of each document that the cache knows, in any order. If there
// are many, the states are not all from the same moment.
func (c *Cache[V]) Stats() []Stat[V] {
	c.mu.Lock()
	defer c.mu.Unlock()
	// All pointers are collected at once, which is quick. The lock can't be given up while the
	// table is walked, because the table may be replaced meanwhile.
	var docs []*document[V]
	c.table.Load().each(func(e *entry[V]) {
		if !e.isView() {
			docs = append(docs, e.doc)
		}
	})
	// It is made as large as it will be: growing it under the lock could copy a hundred thousand
	// of them.
	stats := make([]Stat[V], 0, len(docs))
	for i, d := range docs {
		if i%slice == slice-1 {
			c.yieldLocked(nil)
		}
		// The document may have been removed since it was collected. Then its fields say nothing.
		if !d.removed && !c.closed {
			stats = append(stats, c.statLocked(d))
		}
	}
	return stats
}

// Stat returns the state of the document that key belongs to. It returns false if the
// cache knows nothing about it.
func (c *Cache[V]) Stat(key string) (Stat[V], bool) {
	// View is the user's, and is called without the lock.
	r, err := c.viewOf(key, c.table.Load().find(key))
	if err != nil {
		return Stat[V]{}, false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	// The document is looked up and not the key: a view that nobody has read has no entry, but
	// its document may have one.
	e := c.table.Load().find(r.document)
	if e == nil {
		return Stat[V]{}, false
	}
	return c.statLocked(e.doc), true
}

func (c *Cache[V]) statLocked(d *document[V]) Stat[V] {
	// m may be nil. Its methods allow that, and its fields are read only after the check below.
	m := d.more
	s := Stat[V]{
		Key: d.key, Known: d.val != nil, Served: d.serves() && c.now() < d.deadline(),
		Stale: d.state == stale, Watched: m.watched(),
	}
	if s.Known {
		s.Value, s.Loaded = *d.val, c.moment(d.loadedAt)
	}
	if t := m.failing(); t != nil {
		s.Failures, s.Err, s.Refused = t.failures, t.err, t.refused
		s.Gone = t.err != nil && t.verdict == VerdictGone
		// It is kept apart from Err, because an outage after it says nothing about whether the value exists.
		s.GoneErr = t.goneErr
	}
	// refreshAt is set even if nobody uses the document. Only a document in the schedule will be
	// loaded.
	if d.index >= 0 && m.loading() == nil && d.refreshAt > 0 {
		s.NextRefresh = c.moment(d.refreshAt)
	}
	if m == nil {
		return s
	}
	s.Loading = m.busy()
	// Overtaken loads count too: a load that hangs is worth seeing, even if nobody waits for it.
	for f := m.flights; f != nil; f = f.older {
		if began := c.moment(f.began); f.begun && (s.LoadingSince.IsZero() || began.Before(s.LoadingSince)) {
			s.LoadingSince = began
		}
	}
	if m.watched() {
		d.each(func(e *entry[V]) { c.statOfWatchLocked(&s, e) })
	}
	return s
}

// statOfWatchLocked adds to s the state of the watch of e.
func (c *Cache[V]) statOfWatchLocked(s *Stat[V], e *entry[V]) {
	w := e.watch()
	if w == nil {
		return
	}
	s.Live = s.Live || len(w.handles) > 0
	// A watched view that can't be computed is a state that nobody would see otherwise: its
	// handle shows the last good value.
	if e.side.err != nil {
		s.Broken = append(s.Broken, KeyError{Key: e.key, Err: e.side.err})
	}
	for _, sub := range w.subs {
		if sub.err != nil {
			s.Callbacks = append(s.Callbacks, KeyError{Key: e.key, Err: sub.err})
		}
		// A callback that was given up still runs, and is shown here until it returns.
		if sub.running {
			s.Running = append(s.Running, Running{Key: e.key, Since: c.moment(sub.since)})
		}
	}
}

// gauge counts calls of the user's functions that run. It is guarded by Cache.mu.
type gauge struct {
	n    int
	zero chan struct{} // closed when n comes to zero; nil while no caller waits
}

func (g *gauge) done() {
	if g.n--; g.n == 0 && g.zero != nil {
		close(g.zero)
		g.zero = nil
	}
}

// zeroLocked returns a channel that is closed when no call runs. All who wait share it: a second
// Close and a Shutdown may wait too.
func (g *gauge) zeroLocked() <-chan struct{} {
	// It is made at the first wait, because hardly any call is waited for.
	if g.n > 0 && g.zero != nil {
		return g.zero
	}
	zero := make(chan struct{})
	if g.n == 0 {
		close(zero)
	} else {
		g.zero = zero
	}
	return zero
}
