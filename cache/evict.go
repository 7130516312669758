package cache

// evictLocked makes room for a key: it drops a document that was not read since
// the sweep last passed it, as the CLOCK algorithm does. Watched documents, those
// being loaded and keep stay. When all do, the cache grows over its limit.
func (c *Cache[V]) evictLocked(keep *document[V]) {
	t := c.table.Load()
	for range 2 * len(t.buckets) {
		c.sweep = (c.sweep + 1) % len(t.buckets)
		for e := t.buckets[c.sweep].Load(); e != nil; e = e.next.Load() {
			d := e.doc
			if d == keep || d.watchers > 0 || d.flight != nil {
				continue
			}
			if d.used {
				d.cool() // a second chance: its next read makes it used again
				c.planLocked(d)
				continue
			}
			c.removeLocked(d)
			return
		}
	}
}

// removeLocked takes a document and its views out of the table.
func (c *Cache[V]) removeLocked(d *document[V]) {
	t := c.table.Load()
	d.drop()
	d.removed = true
	d.each(func(e *entry[V]) { t.remove(e) })
	c.planLocked(d)
}
