package cache

// Entries is how many keys are in the table.
func (c *Cache[V]) Entries() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.table.Load().count
}

// Accepted is of how many documents the last accepted content is remembered.
func (c *Cache[V]) Accepted() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.accepted)
}

// KeepGoroutine has the goroutine of a load wait for the next one also in a bubble of
// synctest, as it does outside. The test must close the cache.
func (c *Cache[V]) KeepGoroutine() { c.worker.Keeps = true }
