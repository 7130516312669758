package vault

import (
	"context"
	"errors"
	"hash/maphash"
	"sync"
	"time"
)

const (
	// proofLasts is for how long the absence of a secret that was never seen needs
	// no new proof. It is as long as a store remembers absence, so that a burst of
	// absent names makes one call, and short because a mount can be replaced while
	// the process runs.
	proofLasts = 5 * time.Second
	// maxSeen bounds the memory for what was read. Beyond it, each absence is
	// proved anew, which costs a call and is never wrong.
	maxSeen = 1 << 16
)

// mount is what is known of the place that holds the secrets. A server answers
// "404, no errors" for an absent secret and for many a wrong path alike, so that
// answer means "absent" only beside a proof of what the mount is.
type mount struct {
	look func(context.Context) error // asks the server; nil means as configured
	slot chan struct{}               // whoever has sent to it asks
	seed maphash.Seed

	mu    sync.Mutex
	until time.Time           // the end of the last proof
	seen  map[uint64]struct{} // what was read, by a hash: names need not be kept
	begun int                 // proofs so far
	ended int                 // the number of the last one that said something
	last  error               // what it said
}

func newMount(look func(context.Context) error) *mount {
	return &mount{look: look, slot: make(chan struct{}, 1), seed: maphash.MakeSeed(), seen: map[uint64]struct{}{}}
}

// absent says what a bare 404 means. It is errAbsent if the mount is what it
// should be, and otherwise says why that can't be known. A secret that was there
// before wants a proof from after the 404: its absence may be the first sign that
// the mount was replaced.
func (m *mount) absent(ctx context.Context, name, version string) error {
	key := m.key(name, version)
	m.mu.Lock()
	_, seen := m.seen[key]
	proven := !seen && len(m.seen) < maxSeen && time.Now().Before(m.until)
	m.mu.Unlock()
	if !proven {
		if err := m.prove(ctx); err != nil {
			return err
		}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.seen, key) // it is known to be absent now
	return errAbsent
}

// prove asks the server. Callers that come while somebody asks share the next
// proof: the one under way may be older than the 404 that they have.
func (m *mount) prove(ctx context.Context) error {
	m.mu.Lock()
	before := m.begun
	m.mu.Unlock()
	select {
	case m.slot <- struct{}{}:
		defer func() { <-m.slot }()
	case <-ctx.Done():
		return ctx.Err()
	}
	m.mu.Lock()
	if m.ended > before {
		defer m.mu.Unlock()
		return m.last
	}
	m.begun++
	number := m.begun
	m.mu.Unlock()
	sent := time.Now()
	err := m.look(ctx)
	m.mu.Lock()
	defer m.mu.Unlock()
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err // this caller's own affair
	}
	m.ended, m.last, m.until = number, err, time.Time{}
	if err == nil {
		m.until = sent.Add(proofLasts)
	}
	return err
}

// saw notes that a secret was read.
func (m *mount) saw(name, version string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.seen) < maxSeen {
		m.seen[m.key(name, version)] = struct{}{}
	}
}

// proved notes that an answer to a request of that time could only come from a
// mount that is what it should be.
func (m *mount) proved(sent time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if until := sent.Add(proofLasts); until.After(m.until) {
		m.until = until
	}
}

// doubt ends the proof where err says that the mount is not what it was.
func (m *mount) doubt(err error) {
	for _, sign := range []error{errNoMount, errWantsV1, errWantsV2, errNoKV, errNoEngine} {
		if errors.Is(err, sign) {
			m.mu.Lock()
			m.until = time.Time{}
			m.mu.Unlock()
		}
	}
}

func (m *mount) key(name, version string) uint64 {
	return maphash.String(m.seed, name+"\x00"+version)
}
