package cache

import (
	"context"
	"errors"
	"time"
)

// flight is one load of one document, and what its readers wait for.
type flight[V any] struct {
	doc     *document[V]
	purpose Purpose
	pass    bool
	seq     uint64
	// Guarded by Cache.mu.
	began  int64      // when the loader was called
	begun  bool       // it was
	landed bool       // an outcome has come in
	renews bool       // somebody in Renew waits for it
	next   *flight[V] // a Refresh that came after it had begun
	older  *flight[V] // the document's next older load under way

	done  chan struct{} // closed when the fields below are set
	value V
	err   error
	// missed is why Refresh did not get the backend's value, also where readers
	// are served the one before.
	missed error
	views  map[*entry[V]]Result[V]
}

// boardLocked gives d a new flight, which the caller must depart.
func (c *Cache[V]) boardLocked(d *document[V], purpose Purpose) *flight[V] {
	c.seq++
	f := &flight[V]{doc: d, purpose: purpose, seq: c.seq, done: make(chan struct{})}
	c.aboardLocked(d, f)
	return f
}

// aboardLocked makes f the newest load of d.
func (c *Cache[V]) aboardLocked(d *document[V], f *flight[V]) {
	f.older, d.flights, d.flight = d.flights, f, f
}

// ashore forgets a load that has ended.
func (d *document[V]) ashore(f *flight[V]) {
	if d.flight == f {
		d.flight = nil
	}
	for at := &d.flights; *at != nil; at = &(*at).older {
		if *at == f {
			*at = f.older
			return
		}
	}
}

// departLocked starts the loads of docs, which have boarded, in batches. At most
// four of them run at a time, however many documents there are.
func (c *Cache[V]) departLocked(ctx context.Context, purpose Purpose, pass bool, docs []*document[V]) {
	if len(docs) == 0 {
		return
	}
	batches := make(chan *Batch[V], (len(docs)-1)/maxBatch+1)
	for len(docs) > 0 {
		n := min(len(docs), maxBatch)
		b := &Batch[V]{
			Keys: make([]string, n), Purpose: purpose, Pass: pass,
			cache: c, flights: make([]*flight[V], n),
		}
		for i, d := range docs[:n] {
			b.Keys[i], b.flights[i] = d.key, d.flight
		}
		batches <- b
		docs = docs[n:]
	}
	close(batches)
	for range min(cap(batches), maxLoads) {
		go c.flyAll(ctx, batches)
	}
}

func (c *Cache[V]) flyAll(ctx context.Context, batches chan *Batch[V]) {
	done := false
	defer func() {
		if !done { // the loader ended the goroutine
			go c.flyAll(ctx, batches)
		}
	}()
	for b := range batches {
		c.fly(ctx, b)
	}
	done = true
}

// fly loads one batch, apart from the reader whose ctx it is: of that it keeps
// the values (traces), not the end.
func (c *Cache[V]) fly(ctx context.Context, b *Batch[V]) {
	timeout := c.opts.timeout(len(b.Keys))
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), timeout)
	defer cancel()
	defer context.AfterFunc(c.ctx, cancel)() //nolint:contextcheck // Close ends it too
	c.mu.Lock()
	if c.closed {
		c.mu.Unlock()
		b.giveUp(ErrClosed)
		return
	}
	b.began = c.now()
	for _, f := range b.flights {
		f.began, f.begun = b.began, true
	}
	c.loads.n++
	c.mu.Unlock()
	late := time.AfterFunc(timeout+graceOf(timeout), func() {
		b.giveUp(ErrTimeout)
		c.tell(b)
	})
	err := error(ErrPanic) // also where the loader ends the goroutine
	defer func() {
		b.giveUp(err)
		late.Stop()
		c.mu.Lock()
		c.loads.done()
		c.mu.Unlock()
		c.tell(b)
	}()
	if err = c.load(ctx, b); err == nil {
		err = errUnsettled
		if errors.Is(ctx.Err(), context.DeadlineExceeded) {
			err = ErrTimeout
		}
	}
}

// graceOf is how much longer than its timeout a loader that honours its context
// may take to say so.
func graceOf(timeout time.Duration) time.Duration { return min(timeout/10, maxGrace) }

// load calls the loader and turns a panic into ErrPanic.
func (c *Cache[V]) load(ctx context.Context, b *Batch[V]) (err error) {
	defer func() {
		if recover() != nil {
			err = ErrPanic
		}
	}()
	c.opts.Load(ctx, b)
	return nil
}

// wait waits for r's flight.
func (c *Cache[V]) wait(ctx context.Context, r request[V]) (V, error) {
	var zero V
	f := r.flight
	select {
	case <-f.done:
	case <-ctx.Done():
		return zero, ctx.Err()
	case <-c.ctx.Done():
		return zero, ErrClosed
	}
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
