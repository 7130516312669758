package secretmux

import (
	"errors"
	"sync"
)

// Claims refuses two names that a provider maps to one key of its backend, as
// one of the two would get the other's secret. It is for authors of providers.
// The zero Claims is ready; it is safe for concurrent use and must not be copied.
type Claims struct {
	mu sync.Mutex
	by map[string]string // key -> name
}

// maxClaims bounds the memory for keys. Beyond it no clash is seen.
const maxClaims = 1 << 16

// Take claims key for name. It returns ErrInvalid, naming both names, when
// another name holds the key. Claim only keys that the backend has, or else names
// that nobody can answer take memory.
func (c *Claims) Take(key, name string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	holder, taken := c.by[key]
	switch {
	case taken && holder != name:
		return &Error{
			Op: "get", Name: name, Class: ErrInvalid, Err: errors.New("another name maps to the same key of the backend: " + holder),
			Hint: "ask for one secret by one name, or rename one of the two",
		}
	case !taken && len(c.by) < maxClaims:
		if c.by == nil {
			c.by = make(map[string]string)
		}
		c.by[key] = name
	}
	return nil
}

// Holder returns the name that holds key, and whether one does.
func (c *Claims) Holder(key string) (name string, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	name, ok = c.by[key]
	return name, ok
}
