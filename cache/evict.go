package cache

// evictLocked makes room in t for a key: while there are too many, it drops a
// document that was not read since the sweep last passed it, as the CLOCK
// algorithm does. Watched documents, those being loaded and keep stay. When all
// do, the cache grows over its limit until one no longer does.
func (c *Cache[V]) evictLocked(t *table[V], keep *document[V]) {
	limit := c.opts.MaxEntries
	for limit > 0 && t.count >= limit && !c.crowded {
		if !c.dropOneLocked(t, keep) {
			return
		}
	}
}

// dropOneLocked drops one document and reports whether it found one to drop.
func (c *Cache[V]) dropOneLocked(t *table[V], keep *document[V]) bool {
	c.crowded = true
	for range 2 * len(t.buckets) {
		c.sweep = (c.sweep + 1) % len(t.buckets)
		for e := t.buckets[c.sweep].Load(); e != nil; e = e.next.Load() {
			d := e.doc
			if e.view != nil || d.watchers > 0 || d.flights != nil {
				continue
			}
			c.crowded = false
			if d == keep {
				continue
			}
			if d.used {
				d.cool() // a second chance: its next read makes it used again
				c.planLocked(d)
				continue
			}
			c.removeLocked(d)
			return true
		}
	}
	return false
}

// removeLocked takes a document and its views out of the table.
func (c *Cache[V]) removeLocked(d *document[V]) {
	t := c.table.Load()
	d.drop()
	d.removed = true
	d.each(func(e *entry[V]) { t.remove(e) })
	c.aliasLocked(d, "")
	d.expected = nil
	c.planLocked(d)
}
