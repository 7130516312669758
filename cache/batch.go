package cache

// Purpose is why a document is loaded.
type Purpose int

// The purposes of a load.
const (
	PurposeRead    Purpose = iota // a reader waits
	PurposeRefresh                // it falls due, or Renew or Expect ask for it
	PurposeForce                  // Refresh
)

// Batch is one call of [Options.Load]: the keys to load, and where their outcomes
// go.
type Batch[V any] struct {
	// Keys are the documents to load, none of them twice. It must not be changed.
	Keys []string
	// Purpose is why they are loaded.
	Purpose Purpose
	// Pass says that the load must not be held back by what the loader remembers
	// of an outage: somebody asked for it, and says that it is worth a try.
	Pass bool

	cache   *Cache[V]
	flights []*flight[V]
	began   int64
	telling bool       // somebody calls Observe for it; guarded by Cache.mu
	events  []Event[V] // that wait for that; guarded by Cache.mu
}

// Settle hands over the outcome of Keys[i], whose readers then go at once; they
// do not wait for the other keys of the batch. It may be called by any goroutine,
// also by several at a time. The first call for an i counts, later ones are
// ignored, and so is one that comes after the key was given up: when the time for
// it was over, or when Load had returned without it.
func (b *Batch[V]) Settle(i int, l Loaded[V]) {
	if b.cache == nil || i < 0 || i >= len(b.flights) {
		return
	}
	b.cache.land(b, b.flights[i], l)
}

// giveUp settles all keys that are not.
func (b *Batch[V]) giveUp(err error) {
	for _, f := range b.flights {
		b.cache.land(b, f, Loaded[V]{Err: err})
	}
}
