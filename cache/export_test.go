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
