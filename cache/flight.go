package cache

import (
	"context"
	"errors"
	"sync"
	"time"
)

// flight is one load of one document, and what its readers wait for.
type flight[V any] struct {
	kind  purpose
	seq   uint64
	begun bool       // the loader has been called; guarded by Cache.mu
	next  *flight[V] // a Refresh that came after that; guarded by Cache.mu

	done  chan struct{} // closed when the fields below are set
	value V
	err   error
	// missed is why Refresh did not get the backend's value, also where readers
	// are served the one before.
	missed error
	views  map[*entry[V]]Result[V]
}

// purpose is why a document is loaded.
type purpose int

const (
	loading    purpose = iota // a reader waits
	refreshing                // it falls due
	forcing                   // Refresh
)

// boardLocked gives d a new flight, which the caller must depart.
func (c *Cache[V]) boardLocked(d *document[V], kind purpose) *flight[V] {
	c.seq++
	d.flight = &flight[V]{kind: kind, seq: c.seq, done: make(chan struct{})}
	d.flights++
	return d.flight
}

// departLocked starts the loads of docs, which have boarded, in batches. At most
// four of them run at a time, however many documents there are.
func (c *Cache[V]) departLocked(ctx context.Context, kind purpose, docs []*document[V]) {
	if len(docs) == 0 {
		return
	}
	batches := make(chan []boarded[V], (len(docs)-1)/maxBatch+1)
	for len(docs) > 0 {
		n := min(len(docs), maxBatch)
		batch := make([]boarded[V], n)
		for i, d := range docs[:n] {
			batch[i] = boarded[V]{d, d.flight}
		}
		batches <- batch
		docs = docs[n:]
	}
	close(batches)
	for range min(cap(batches), maxLoads) {
		c.loads.Add(1)
		go func() {
			defer c.loads.Done()
			for batch := range batches {
				c.fly(ctx, kind, batch)
			}
		}()
	}
}

type boarded[V any] struct {
	doc    *document[V]
	flight *flight[V]
}

// fly loads one batch, apart from the reader whose ctx it is: of that it keeps
// the values (traces), not the end.
func (c *Cache[V]) fly(ctx context.Context, kind purpose, batch []boarded[V]) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), c.opts.timeout(len(batch)))
	defer cancel()
	defer context.AfterFunc(c.ctx, cancel)() //nolint:contextcheck // Close ends it too
	keys := make([]string, len(batch))
	c.mu.Lock()
	for i, b := range batch {
		keys[i] = b.doc.key
		b.flight.begun = true
	}
	began := c.now()
	c.mu.Unlock()
	results := c.load(ctx, keys)
	if c.opts.Validate == nil {
		for i, b := range batch {
			c.settle(kind, b, began, results[i])
		}
		return
	}
	var wg sync.WaitGroup // Validate may take its time, and must not delay the others
	for i, b := range batch {
		wg.Go(func() { c.settle(kind, b, began, results[i]) })
	}
	wg.Wait()
}

// load calls the loader and holds it to one result for each key.
func (c *Cache[V]) load(ctx context.Context, keys []string) (results []Loaded[V]) {
	failed := func(err error) []Loaded[V] {
		all := make([]Loaded[V], len(keys))
		for i := range all {
			all[i].Err = err
		}
		return all
	}
	defer func() {
		if recover() != nil {
			results = failed(ErrPanic)
		}
	}()
	if results = c.opts.Load(ctx, keys); len(results) != len(keys) {
		return failed(errors.New("cache: the loader did not answer each key once"))
	}
	return results
}

// wait waits for r's flight.
func (c *Cache[V]) wait(ctx context.Context, r request[V]) (V, error) {
	var zero V
	select {
	case <-r.flight.done:
	case <-ctx.Done():
		return zero, ctx.Err()
	}
	f := r.flight
	switch {
	case f.err != nil:
		return zero, f.err
	case r.entry.view == nil:
		return f.value, nil
	}
	if result, ok := f.views[r.entry]; ok {
		return result.Value, result.Err
	}
	return project(r.entry.view.project, f.value) // it joined after the flight had looked
}

// since is how long ago a moment of this cache's clock was.
func (c *Cache[V]) since(moment int64) time.Duration { return time.Duration(c.now() - moment) }
