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
	// Failures counts the failed loads since the last good one, Err is the last.
	Failures int
	Err      error
	// Watched says that the document or a view of it is watched. NextRefresh is
	// when it is loaded again; zero when no load is planned.
	Watched     bool
	NextRefresh time.Time
	// Callbacks holds the last error of each callback that has failed and not
	// succeeded since, by key.
	Callbacks []KeyError
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

func (c *Cache[V]) statLocked(d *document[V]) Stat[V] {
	now := c.now()
	s := Stat[V]{
		Key: d.key, Known: d.known != nil, Served: d.val != nil && now < d.deadline(),
		Stale: d.stale, Watched: d.watchers > 0,
	}
	if s.Known {
		s.Value, s.Loaded = *d.known, c.start.Add(time.Duration(d.loadedAt))
	}
	if t := d.trouble; t != nil {
		s.Failures, s.Err, s.Refused = t.failures, t.err, t.refused
	}
	if d.index >= 0 && d.flight == nil && d.refreshAt > 0 {
		s.NextRefresh = c.start.Add(time.Duration(d.refreshAt))
	}
	d.each(func(e *entry[V]) {
		if e.watch == nil {
			return
		}
		for _, sub := range e.watch.subs {
			if sub.err != nil {
				s.Callbacks = append(s.Callbacks, KeyError{Key: e.key, Err: sub.err})
			}
		}
	})
	return s
}
