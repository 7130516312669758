package cache

import (
	"context"
	"hash/maphash"
	"sync"
	"sync/atomic"
	"time"
)

// Cache keeps values by key. Make one with [New]. It is safe for concurrent use.
type Cache[V any] struct {
	opts  Options[V]
	start time.Time
	table atomic.Pointer[table[V]]

	ctx    context.Context //nolint:containedctx // the cache's life: Close cancels it
	cancel context.CancelFunc

	mu       sync.Mutex // guards what follows, and all documents
	closed   bool
	seq      uint64 // of flights, and of Invalidate
	origins  map[string]*origin
	schedule schedule[V]
	sweep    int  // the bucket at which evict goes on
	crowded  bool // evict found all watched or being loaded, and no load has ended since
	ready    []*watch[V]
	workers  int
	turns    uint64 // of callbacks
	aliases  map[string]*document[V]
	loads    gauge // calls of Load
	calls    gauge // of callbacks, Validate and Observe

	ended     chan struct{} // closed when the first Close returns
	abandoned int           // what it returns
}

// New returns a Cache. It starts nothing.
func New[V any](opts Options[V]) (*Cache[V], error) {
	if err := opts.check(); err != nil {
		return nil, err
	}
	c := &Cache[V]{opts: opts, start: time.Now(), origins: map[string]*origin{}, ended: make(chan struct{})}
	c.table.Store(newTable[V](maphash.MakeSeed(), smallestTable))
	c.ctx, c.cancel = context.WithCancel(context.Background()) //nolint:gosec // Close cancels it
	return c, nil
}

// Get returns the value of key, loading it when none is kept. While it waits for
// a load it obeys ctx and returns ctx's error; the load goes on. Other errors are
// those of the loader and of View, ErrClosed, and ErrRefused when Validate
// refused the value that came after one that is Gone.
func (c *Cache[V]) Get(ctx context.Context, key string) (V, error) {
	if e := c.table.Load().find(key); e != nil {
		if v := e.hot.Load(); v != nil {
			return *v, nil
		}
	}
	v, _, err := c.get(ctx, key)
	return v, err
}

// Read is Get that also tells whether it was answered from what the cache keeps,
// without waiting for a load. A failure that is remembered counts as kept.
func (c *Cache[V]) Read(ctx context.Context, key string) (value V, cached bool, err error) {
	if e := c.table.Load().find(key); e != nil {
		if v := e.hot.Load(); v != nil {
			return *v, true, nil
		}
	}
	return c.get(ctx, key)
}

func (c *Cache[V]) get(ctx context.Context, key string) (value V, cached bool, err error) {
	if err := ctx.Err(); err != nil {
		return value, false, err
	}
	r := c.request(ctx, key)
	if r.flight != nil {
		value, err = c.wait(ctx, r)
		return value, false, err
	}
	return r.value, r.cached, r.err
}

// Result is the outcome for one key of [Cache.GetMany].
type Result[V any] struct {
	Value V
	Err   error
	// Cached says that it was answered without waiting for a load. See
	// [Cache.Read].
	Cached bool
}

// GetMany is Get for many keys, in their order; a key may be there twice. Those
// that have to be loaded are loaded as batches.
func (c *Cache[V]) GetMany(ctx context.Context, keys []string) []Result[V] {
	results := make([]Result[V], len(keys))
	if err := ctx.Err(); err != nil {
		for i := range results {
			results[i].Err = err
		}
		return results
	}
	requests := c.requests(ctx, keys)
	for i, r := range requests {
		results[i] = Result[V]{Value: r.value, Err: r.err, Cached: r.cached}
		if r.flight != nil {
			results[i].Value, results[i].Err = c.wait(ctx, r)
		}
	}
	return results
}

// moment is a moment of this cache's clock as a time.
func (c *Cache[V]) moment(at int64) time.Time { return c.start.Add(time.Duration(at)) }

func (c *Cache[V]) now() int64 { return int64(time.Since(c.start)) }

// originLocked returns the state of an origin.
func (c *Cache[V]) originLocked(name string) *origin {
	o := c.origins[name]
	if o == nil {
		o = &origin{name: name}
		c.origins[name] = o
	}
	return o
}
