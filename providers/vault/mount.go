package vault

import (
	"context"
	"errors"
	"hash/maphash"
	"sync"
	"time"
)

const (
	// proofLasts is how long one proof covers the absence of secrets that were
	// never read. It is as long as a store remembers absence, so a burst of
	// absent names makes one call. It is short because a mount can be replaced
	// while the process runs.
	proofLasts = 5 * time.Second
	// maxSeen bounds the memory for the names that were read. Above it, each
	// absence needs its own proof. That costs a call, but it is never wrong.
	maxSeen = 1 << 16
)

// mount is what is known about the secrets engine that the link names. A server
// answers "404, no errors" for an absent secret, and for many wrong paths too. If
// that answer counted as absence by itself, a typo in the mount would let a chain
// go on to an older value. So it means "absent" only together with a proof of what
// the mount is.
//
// The invariants:
//   - absent returns errAbsent only after a proof that is at most proofLasts old.
//   - For a secret that was read before, that proof was asked for after its 404.
//   - If the set of read names is full, every absence asks for a proof. That costs
//     calls, and it is never wrong.
type mount struct {
	look func(context.Context) error // asks the server; a nil error means that the mount is as configured
	slot chan struct{}               // holds one element while a caller asks the server
	// Names are kept as hashes with a seed of this process. The names of secrets
	// are not for a dump, and 8 bytes are enough for each of 65536 of them.
	seed maphash.Seed

	mu    sync.Mutex
	until time.Time           // the end of the last proof
	seen  map[uint64]struct{} // hashes of the names that were read
	begun int                 // the number of the last proof that was begun
	ended int                 // the number of the last proof that had an outcome
	last  error               // the outcome of that proof
}

func newMount(look func(context.Context) error) *mount {
	return &mount{look: look, slot: make(chan struct{}, 1), seed: maphash.MakeSeed(), seen: map[uint64]struct{}{}}
}

// absent decides what a bare 404 means. It returns errAbsent if the mount is what
// it should be. Otherwise its error says why that is not known.
//
// A secret that was read before needs a proof that is newer than its 404. Its
// absence may be the first sign that the mount was replaced, and an older proof
// would hide that.
func (m *mount) absent(ctx context.Context, name, version string) error {
	key := m.key(name, version)
	m.mu.Lock()
	// A full set can't say whether this secret was read, so no older proof counts
	// then.
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
	delete(m.seen, key) // its absence is proved now, so an older proof is enough next time
	return errAbsent
}

// prove asks the server what the mount is. Callers that arrive while another caller asks don't
// use its answer: its question may have been sent before their 404 arrived. They wait, and then
// one of them asks for all.
//
// So a burst of absent names makes two calls at most: the one under way and the one
// after it.
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
	// A proof that began after this caller arrived has ended meanwhile. It is
	// newer than the caller's 404, so its outcome holds here too.
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
		return err // only this caller gave up: one of those who wait will ask again
	}
	// A failed proof ends an earlier one. Its outcome is shared like that of a good proof, so
	// that an outage does not cost a call for each absent name.
	m.ended, m.last, m.until = number, err, time.Time{}
	if err == nil {
		m.until = sent.Add(proofLasts)
	}
	return err
}

// saw notes that a secret was read. Each version is a key of its own, because
// versions turn absent one by one when the engine drops the oldest.
func (m *mount) saw(name, version string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.seen) < maxSeen {
		m.seen[m.key(name, version)] = struct{}{}
	}
}

// proved notes that the answer to a request sent at that time could come only from
// the right kind of mount. That is a proof without a call of its own, so a service
// that reads secrets of KV version 2 all the time hardly ever asks.
func (m *mount) proved(sent time.Time) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if until := sent.Add(proofLasts); until.After(m.until) {
		m.until = until
	}
}

// doubt ends the proof if err says that the mount has changed. An outage or a denial says
// nothing about the mount, and the proof stays.
func (m *mount) doubt(err error) {
	// These are all errors that only another mount, or another engine in it, can
	// cause.
	for _, sign := range []error{errNoMount, errWantsV1, errWantsV2, errNoKV, errNoEngine} {
		if errors.Is(err, sign) {
			m.mu.Lock()
			m.until = time.Time{}
			m.mu.Unlock()
		}
	}
}

// key separates name and version with a zero byte, which neither can contain.
// Without a separator, two pairs could share one key.
func (m *mount) key(name, version string) uint64 {
	return maphash.String(m.seed, name+"\x00"+version)
}
