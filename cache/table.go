package cache

import (
	"hash/maphash"
	"sync/atomic"
)

// table finds entries by key. Readers take no lock. Writers hold the cache's.
//
// A reader that meets a writer may miss an entry that is there; it then looks
// again with the lock. It never loops: whatever is relinked, each chain ends.
type table[V any] struct {
	seed    maphash.Seed
	mask    uint64
	buckets []atomic.Pointer[entry[V]]
	count   int // guarded by the cache's lock
}

const smallestTable = 64

func newTable[V any](seed maphash.Seed, buckets int) *table[V] {
	mask := uint64(buckets) - 1 //nolint:gosec // buckets is a power of two
	return &table[V]{seed: seed, mask: mask, buckets: make([]atomic.Pointer[entry[V]], buckets)}
}

func (t *table[V]) find(key string) *entry[V] {
	hash := maphash.String(t.seed, key)
	for e := t.buckets[hash&t.mask].Load(); e != nil; e = e.next.Load() {
		if e.hash == hash && e.key == key {
			return e
		}
	}
	return nil
}

// insert adds an entry whose key is not in t.
func (t *table[V]) insert(e *entry[V]) {
	e.hash = maphash.String(t.seed, e.key)
	t.link(e)
	t.count++
}

func (t *table[V]) link(e *entry[V]) {
	bucket := &t.buckets[e.hash&t.mask]
	e.next.Store(bucket.Load())
	bucket.Store(e)
}

func (t *table[V]) remove(e *entry[V]) {
	at := &t.buckets[e.hash&t.mask]
	for cur := at.Load(); cur != nil; cur = at.Load() {
		if cur == e {
			at.Store(e.next.Load())
			t.count--
			return
		}
		at = &cur.next
	}
}

func (t *table[V]) full() bool { return t.count >= len(t.buckets) }

// grown returns a table of twice the size that takes over t's entries.
func (t *table[V]) grown() *table[V] {
	bigger := newTable[V](t.seed, 2*len(t.buckets))
	bigger.count = t.count
	t.each(func(e *entry[V]) { bigger.link(e) })
	return bigger
}

// each visits all entries; visit may relink or remove the one it is given.
func (t *table[V]) each(visit func(*entry[V])) {
	for i := range t.buckets {
		for e := t.buckets[i].Load(); e != nil; {
			next := e.next.Load()
			visit(e)
			e = next
		}
	}
}
