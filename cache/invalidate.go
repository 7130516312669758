package cache

import "slices"

// Invalidate drops what is kept of keys, so that the next Get loads them; watched
// keys are loaded at once. Loads under way don't bring back what they read. All
// that is kept of a key's document goes with it. Unknown keys are ignored.
func (c *Cache[V]) Invalidate(keys ...string) {
	documents := make([]string, 0, len(keys))
	for _, key := range keys {
		if r, err := c.viewOf(key); err == nil {
			documents = append(documents, r.document)
		}
	}
	slices.Sort(documents)
	c.mu.Lock()
	defer c.mu.Unlock()
	var load []*document[V]
	for _, key := range slices.Compact(documents) {
		e := c.table.Load().find(key)
		if e == nil {
			continue
		}
		d := e.doc
		c.dropLocked(d)
		if d.watchers > 0 {
			c.boardLocked(d, PurposeRefresh)
			load = append(load, d)
		}
		c.planLocked(d)
		c.tidyLocked(d)
	}
	c.departLocked(c.ctx, PurposeRefresh, false, load)
}

// dropLocked forgets what is kept of d, and makes loads under way come too late.
func (c *Cache[V]) dropLocked(d *document[V]) {
	c.seq++
	d.published = c.seq
	if d.flight, d.expiresAt, d.refreshAt = nil, 0, 0; d.trouble != nil {
		d.trouble = &trouble{gone: d.trouble.gone}
	}
	d.drop()
}
