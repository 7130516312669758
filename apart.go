package secretmux

import (
	"sync"
	"time"
)

// apartFor is how long a name that is invalid when it is read singly stays out of
// batches.
const apartFor = 10 * time.Minute

// maxApart bounds the memory for names that are read singly.
const maxApart = 1 << 14

// apart holds the names that are left out of batches: for a time, or until they
// were answered once.
type apart struct {
	mu    sync.Mutex
	until map[string]time.Time // zero: until an answer
}

func (a *apart) has(name string) bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	until, ok := a.until[name]
	if ok && !until.IsZero() && time.Now().After(until) {
		delete(a.until, name)
		return false
	}
	return ok
}

// add leaves name out of batches for d; zero is until an answer.
func (a *apart) add(name string, d time.Duration) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.until == nil {
		a.until = make(map[string]time.Time)
	}
	if _, known := a.until[name]; !known && len(a.until) >= maxApart {
		return
	}
	until := time.Time{}
	if d > 0 {
		until = time.Now().Add(d)
	}
	a.until[name] = until
}

// rejoin lets a name that was answered take part in batches again.
func (a *apart) rejoin(name string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.until, name)
}
