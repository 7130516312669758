package docker

import "sync"

// maxClaims bounds the memory for names. A container has some dozens of secrets;
// beyond the bound no clash is seen.
const maxClaims = 1 << 14

// claims remembers which name each file was first read by. Only files that exist
// are claimed, so that names nobody can answer take no memory.
type claims struct {
	mu sync.Mutex
	by map[string]string // file -> name
}

// take returns the name that holds path: name itself, or the one that came first.
func (c *claims) take(path, name string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	if holder, ok := c.by[path]; ok {
		return holder
	}
	if c.by == nil {
		c.by = make(map[string]string)
	}
	if len(c.by) < maxClaims {
		c.by[path] = name
	}
	return name
}

func (c *claims) of(path string) (name string, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	name, ok = c.by[path]
	return name, ok
}
