package steady

import (
	"hash/maphash"
	"sync"
)

// Reader remembers a digest of the content that each file had when it was read last.
// A change is a content that differs from it; the file's time and size don't matter.
// The zero Reader is ready for use. It is safe for concurrent use and must not be
// copied after its first use.
type Reader struct {
	mu   sync.Mutex
	seed maphash.Seed      // of every digest; made with accepted
	last map[string]digest // by File.Key

	slots   chan struct{}  // one for each read of a batch at a time, those that hang too
	hanging map[string]int // the reads that were left behind, by File.Key
	left    int            // all of them
}

// digest identifies a content that was accepted. Without the seed it says nothing
// about the content.
type digest struct {
	sum   uint64
	empty bool
}

// maxKept bounds the memory for files. Above the limit, a file is read like a new
// one.
const maxKept = 1 << 16

// Known reports whether a file was read under key.
func (r *Reader) Known(key string) bool {
	_, known := r.kept(key)
	return known
}

func (r *Reader) kept(key string) (digest, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	d, known := r.last[key]
	return d, known
}

func (r *Reader) keep(key string, d digest) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, known := r.last[key]; known || len(r.last) < maxKept {
		r.last[key] = d
	}
}

func (r *Reader) digest(content []byte) digest {
	r.mu.Lock()
	if r.last == nil {
		r.seed, r.last = maphash.MakeSeed(), make(map[string]digest)
	}
	seed := r.seed
	r.mu.Unlock()
	return digest{sum: maphash.Bytes(seed, content), empty: len(content) == 0}
}
