package cache

import (
	"math/rand/v2"
	"time"
)

// expected is a change that somebody has announced. Guarded by Cache.mu.
type expected[V any] struct {
	served func(V) bool // whether a value is the announced one; nil: any load will do
	at     int64        // when to load
	tries  int
	flight *flight[V] // the load that was begun for it
}

// maxLooks is how often a load that did not bring the announced value is
// repeated.
const maxLooks = 5

// Expect tells the cache that name has, or soon will have, another content, and
// how that is recognised: served reports whether a value is the one that is
// announced. It does nothing when name is neither kept nor watched, or when
// served is true of the value that is kept. Else the document whose key or
// [Loaded.Alias] is name, or each of them, is loaded at a random moment within the
// given time, zero or less being now. That is a load in the background, as when
// it falls due: the value that is kept stays served, and Grace and back-off hold.
//
// While served is false of the value afterwards, the document is loaded again
// after 1, 2, 4, 8 and 16 seconds, then left to its TTL. With a nil served there
// is one load. While one is planned, a further Expect leaves its moment, unless
// the new one is earlier, and its served takes the place of the one before.
//
// served may be called with a lock held, so it must not use the cache. A panic in
// it counts as true.
func (c *Cache[V]) Expect(name string, served func(V) bool, within time.Duration) {
	wait := rand.N(max(within, 0) + 1) //nolint:gosec // jitter needs no secrecy
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.closed {
		return
	}
	at := after(c.now(), wait)
	if e := c.table.Load().find(name); e != nil && e.view == nil {
		c.expectLocked(e.doc, served, at)
	}
	for d := c.aliases[name]; d != nil; d = d.namesake {
		c.expectLocked(d, served, at)
	}
}

func (c *Cache[V]) expectLocked(d *document[V], served func(V) bool, at int64) {
	kept := d.val != nil && c.now() < d.deadline()
	if !kept && d.watchers == 0 || kept && isServed(served, *d.val) {
		return
	}
	x := d.expected
	if x == nil {
		x = &expected[V]{at: at}
		d.expected = x
	}
	x.served, x.tries, x.at = served, 0, min(x.at, at)
	c.planLocked(d)
}

// expectAgainLocked looks, after the load f, whether the announced value came.
func (c *Cache[V]) expectAgainLocked(d *document[V], f *flight[V]) {
	x := d.expected
	switch {
	case x == nil:
	case d.known != nil && isServed(x.served, *d.known):
		d.expected = nil
	case x.flight != f:
	case x.served == nil, x.tries == maxLooks, d.known == nil && d.watchers == 0:
		d.expected = nil
	default:
		x.at = after(c.now(), time.Second<<x.tries)
		x.tries++
		x.flight = nil
	}
}

func isServed[V any](served func(V) bool, value V) (is bool) {
	if served == nil {
		return false
	}
	defer func() {
		if recover() != nil {
			is = true
		}
	}()
	return served(value)
}

// followers asks which documents are likely to change, when result changes d.
func (c *Cache[V]) followers(d *document[V], result Loaded[V]) (keys []string) {
	if c.opts.Follows == nil || result.Err != nil {
		return nil
	}
	c.mu.Lock()
	known := d.known
	c.mu.Unlock()
	if known == nil || c.opts.Equal(*known, result.Value) {
		return nil
	}
	defer func() {
		if recover() != nil {
			keys = nil
		}
	}()
	return c.opts.Follows(d.key)
}

// followersLocked makes the documents of keys due.
func (c *Cache[V]) followersLocked(keys []string) {
	for _, key := range keys {
		if e := c.table.Load().find(key); e != nil && e.view == nil {
			if x := e.doc.expected; x != nil {
				x.at = c.now()
				c.planLocked(e.doc)
			} else {
				c.expectLocked(e.doc, nil, c.now())
			}
		}
	}
}

// aliasLocked makes alias the other name of d, or takes it away when it is empty.
func (c *Cache[V]) aliasLocked(d *document[V], alias string) {
	if alias == d.key || d.removed {
		alias = ""
	}
	if alias == d.alias {
		return
	}
	if d.alias != "" {
		c.unaliasLocked(d)
	}
	if d.alias = alias; alias != "" {
		if c.aliases == nil {
			c.aliases = map[string]*document[V]{}
		}
		d.namesake = c.aliases[alias]
		c.aliases[alias] = d
	}
}

func (c *Cache[V]) unaliasLocked(d *document[V]) {
	head := c.aliases[d.alias]
	for at := &head; *at != nil; at = &(*at).namesake {
		if *at == d {
			*at = d.namesake
			break
		}
	}
	if d.namesake = nil; head == nil {
		delete(c.aliases, d.alias)
	} else {
		c.aliases[d.alias] = head
	}
}
