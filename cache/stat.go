package cache

import "time"

// Stat is the state of one document.
type Stat[V any] struct {
	Key string
	// Value is the value that is served, or that was last while it is watched.
	// Known says whether there is one, Served whether Get returns it.
	Value         V
	Known, Served bool
	// Loaded is when the load of Value began; zero without one.
	Loaded time.Time
	// Stale says that the value is served past its TTL.
	Stale bool
	// Refused says that Validate refused the backend's newer value.
	Refused bool
	// Gone says that the last outcome was a failure that is [VerdictGone]; Err is
	// that failure.
	Gone bool
	// Failures counts the failed loads since the last good one, Err is the last.
	Failures int
	Err      error
	// Watched says that the document or a view of it is watched. NextRefresh is
	// when it is loaded again; zero when no load is planned.
	Watched     bool
	NextRefresh time.Time
	// Live says that a [Handle] watches the document or a view of it.
	Live bool
	// LoadingSince is when the oldest load that is under way began; zero without
	// one. Loading is also true while a load is about to begin.
	LoadingSince time.Time
	Loading      bool
	// Running are the callbacks that run now.
	Running []Running
	// Broken holds, of the watched views that can't be computed from the value that
	// is served, why.
	Broken []KeyError
	// Callbacks holds the last error of each callback that has failed and not
	// succeeded since, by key.
	Callbacks []KeyError
}

// Running is a callback that runs.
type Running struct {
	Key   string
	Since time.Time
}

// Stats returns the state of each document that is kept, in no promised order.
func (c *Cache[V]) Stats() []Stat[V] {
	c.mu.Lock()
	defer c.mu.Unlock()
	var stats []Stat[V]
	c.table.Load().each(func(e *entry[V]) {
		if e.view == nil {
			stats = append(stats, c.statLocked(e.doc))
		}
	})
	return stats
}

// Stat returns the state of the document that key belongs to, and false when
// nothing is known of it.
func (c *Cache[V]) Stat(key string) (Stat[V], bool) {
	r, err := c.viewOf(key)
	if err != nil {
		return Stat[V]{}, false
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	e := c.table.Load().find(r.document)
	if e == nil {
		return Stat[V]{}, false
	}
	return c.statLocked(e.doc), true
}

func (c *Cache[V]) statLocked(d *document[V]) Stat[V] {
	now := c.now()
	s := Stat[V]{
		Key: d.key, Known: d.known != nil, Served: d.val != nil && now < d.deadline(),
		Stale: d.stale, Watched: d.watchers > 0, Loading: d.flights != nil,
	}
	if s.Known {
		s.Value, s.Loaded = *d.known, c.moment(d.loadedAt)
	}
	if t := d.trouble; t != nil {
		s.Failures, s.Err, s.Refused = t.failures, t.err, t.refused
		s.Gone = t.err != nil && t.verdict == VerdictGone
	}
	if d.index >= 0 && d.flight == nil && d.refreshAt > 0 {
		s.NextRefresh = c.moment(d.refreshAt)
	}
	for f := d.flights; f != nil; f = f.older {
		if began := c.moment(f.began); f.begun && (s.LoadingSince.IsZero() || began.Before(s.LoadingSince)) {
			s.LoadingSince = began
		}
	}
	d.each(func(e *entry[V]) { c.statOfWatchLocked(&s, e) })
	return s
}

// statOfWatchLocked adds to s what there is to say of those who watch e.
func (c *Cache[V]) statOfWatchLocked(s *Stat[V], e *entry[V]) {
	if e.watch == nil {
		return
	}
	s.Live = s.Live || len(e.watch.handles) > 0
	if e.view != nil && e.view.err != nil {
		s.Broken = append(s.Broken, KeyError{Key: e.key, Err: e.view.err})
	}
	for _, sub := range e.watch.subs {
		if sub.err != nil {
			s.Callbacks = append(s.Callbacks, KeyError{Key: e.key, Err: sub.err})
		}
		if sub.running {
			s.Running = append(s.Running, Running{Key: e.key, Since: c.moment(sub.since)})
		}
	}
}
