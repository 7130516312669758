package secretmux

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
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
// another name holds the key. Claim only keys that the backend has: claims for
// absent ones would only take memory.
func (c *Claims) Take(key, name string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	holder, taken := c.by[key]
	switch {
	case taken && holder != name:
		return &Error{
			Op: "get", Name: name, Class: ErrInvalid, Err: errors.New("another name maps to the same key of the backend: " + quoted(holder)),
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

// versionKey is drawn once a process. A digest without a key would let whoever
// reads a log try out short secrets against it.
var versionKey = sync.OnceValue(func() []byte { //nolint:gochecknoglobals // one key a process is the point
	key := make([]byte, sha256.Size)
	_, _ = rand.Read(key) // it never fails: crypto/rand ends the program instead
	return key
})

// ContentVersion makes a version id for a value from a backend that has none: 16
// hexadecimal digits that are equal for equal values within this process. Another
// process has other ids for the same values. They tell nothing about the value:
// HMAC-SHA256 (RFC 2104) under a random key that is never shown, cut to 64 bits.
func ContentVersion(value []byte) string {
	mac := hmac.New(sha256.New, versionKey())
	mac.Write(value)
	return hex.EncodeToString(mac.Sum(nil)[:8])
}
