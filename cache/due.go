package cache

import (
	"container/heap"
	"time"
)

// tick looks at the documents that are due.
func (c *Cache[V]) tick() {
	c.mu.Lock()
	c.schedule.set = false
	if c.closed {
		c.mu.Unlock()
		return
	}
	now := c.now()
	var (
		load   []*document[V]
		events []Event[V]
	)
	due := c.takeDueLocked(now)
	for _, d := range due {
		events = c.endLocked(d, now, events)
		if c.wantsLoadLocked(d, now) {
			f := c.boardLocked(d, PurposeRefresh)
			if d.expected != nil && d.expected.at <= now {
				d.expected.flight = f
			}
			load = append(load, d)
		}
	}
	c.departLocked(c.ctx, PurposeRefresh, false, load)
	for _, d := range due {
		c.planLocked(d)
	}
	c.armLocked()
	c.emitLocked(events)
}

// takeDueLocked takes out the documents that are due, and those that will be so
// soon that they can share a batch.
func (c *Cache[V]) takeDueLocked(now int64) []*document[V] {
	var due []*document[V]
	for s := &c.schedule; len(s.docs) > 0 && s.docs[0].due <= now+s.docs[0].slack(); {
		due = append(due, heap.Pop(s).(*document[V])) //nolint:forcetypeassert,errcheck // it holds nothing else
	}
	return due
}

// slack is how much earlier than planned d may be loaded to share a batch.
func (d *document[V]) slack() int64 { return min(int64(d.ttl)/64, int64(2*time.Second)) }

// endLocked stops serving a value whose time is over, unless its failures let it
// go on as a stale one.
func (c *Cache[V]) endLocked(d *document[V], now int64, events []Event[V]) []Event[V] {
	if now < d.deadline() {
		return events
	}
	events = c.staleLocked(d, now, events)
	t := d.trouble
	switch {
	case now < d.deadline(): // it goes on as a stale one
	case now < d.staleUntil && !d.stale && (t == nil || t.err == nil || t.refused):
		d.cool() // no failure so far: if the next is transient, it may be served again
	default:
		d.drop()
	}
	return events
}

// wantsLoadLocked reports whether d is to be loaded now. While its origin is
// backing off, it waits with all others of that origin.
func (c *Cache[V]) wantsLoadLocked(d *document[V], now int64) bool {
	due := d.refreshAt > 0 && d.refreshAt <= now+d.slack() && (d.watchers > 0 || d.used)
	expects := d.expected != nil && d.expected.at <= now
	if d.flight != nil || !due && !expects {
		return false
	}
	if d.origin == nil || d.origin.until <= now {
		return true
	}
	if due {
		d.refreshAt = d.origin.until
	}
	if expects {
		d.expected.at = d.origin.until
	}
	return false
}
