package cache

import (
	"math"
	"math/rand/v2"
	"time"
)

// lifetimeLocked sets until when a value whose load began then is served, and
// reports whether it is kept at all.
func (c *Cache[V]) lifetimeLocked(d *document[V], f *flight[V], began int64, result Loaded[V]) bool {
	o := c.originLocked(result.Origin)
	o.failures, o.until = 0, 0
	d.origin, d.published = o, f.seq
	ttl := c.opts.TTL
	if result.TTL != nil {
		ttl = *result.TTL
	}
	d.maxStale = c.opts.MaxStale
	if result.MaxStale != nil {
		d.maxStale = *result.MaxStale
	}
	if ttl <= 0 {
		d.ttl, d.loadedAt, d.refreshAt, d.expiresAt, d.staleUntil, d.stale = 0, began, 0, 0, 0, false
		return false
	}
	pace := min(ttl/5*2, retryFirst) // an Expires that comes near must not make loads come faster and faster
	if left := time.Until(result.Expires); !result.Expires.IsZero() && left > 0 {
		ttl = min(ttl, left)
	}
	took := c.since(began)
	lead := max(ttl/10, 2*took) + time.Duration(rand.Float64()*c.opts.jitter()*float64(ttl)) //nolint:gosec // jitter needs no secrecy
	d.ttl, d.loadedAt, d.stale = ttl, began, false
	d.expiresAt = after(began, ttl)
	d.staleUntil = after(d.expiresAt, d.maxStale)
	d.refreshAt = max(d.expiresAt-int64(min(lead, ttl/5*3)), after(began, pace))
	return true
}

// after is moment + d, or the end of time: durations may be endless.
func after(moment int64, d time.Duration) int64 {
	if d > 0 && moment > math.MaxInt64-int64(d) {
		return math.MaxInt64
	}
	return moment + int64(d)
}

// replaceLocked sets the value of a document and its views and tells watchers.
func (c *Cache[V]) replaceLocked(d *document[V], value V, projected map[*entry[V]]Result[V], began int64) {
	d.cool()
	d.val, d.known = &value, &value
	c.tellLocked(&d.entry, began)
	for v := d.views; v != nil; v = v.peer {
		v.val, v.err = nil, nil
		if r, ok := projected[&v.entry]; !ok {
			projectView(v, value) // it was added while the others were computed
		} else if v.err = r.Err; r.Err == nil {
			v.val = &r.Value
		}
		c.tellLocked(&v.entry, began)
	}
}

// renewLocked serves the known value for another TTL.
func (c *Cache[V]) renewLocked(d *document[V]) {
	if d.val != nil {
		d.cool()
		return
	}
	c.replaceLocked(d, *d.known, nil, d.loadedAt)
}

// forget keeps nothing of a document whose value is not to be kept.
func (d *document[V]) forget() {
	d.drop()
	d.expiresAt = 0
}

// tidyLocked takes a document out of the table when nothing is left to keep.
func (c *Cache[V]) tidyLocked(d *document[V]) {
	if d.val == nil && d.watchers == 0 && d.flights == nil && !d.removed && d.expiresAt <= c.now() {
		c.removeLocked(d)
	}
}
