// Package shared lets reads of one thing that arrive together cost one call.
package shared

import (
	"context"
	"sync"
)

// Reads share a call among those that arrive before it has begun. A call that is
// under way may have seen an older state than that at which a reader arrives, so
// nobody joins it: they wait for the next one. Nothing is kept afterwards.
type Reads[T any] struct {
	// Unreturned is the error for those who wait for a call that panics or ends its
	// goroutine.
	Unreturned error

	mu      sync.Mutex
	running *flight[T]
	next    *flight[T] // waits for running to end
}

// flight is one call that several readers share.
type flight[T any] struct {
	turn  chan struct{} // one token: the reader that takes it makes the call
	begun bool          // guarded by Reads.mu

	done  chan struct{} // closed when the fields below are set
	value T
	err   error
	left  bool // the reader who made the call was gone before it ended
}

// Do joins a call that has not begun, or makes one. The call is made by one of its
// readers, in that reader's goroutine and with its context. When that context ends,
// the others begin anew: one reader who leaves fails nobody else.
func (r *Reads[T]) Do(ctx context.Context, read func(context.Context) (T, error)) (T, error) {
	for {
		f := r.join()
		select {
		case <-f.done:
		case <-f.turn:
			r.run(ctx, f, read)
		case <-ctx.Done():
			var none T
			return none, ctx.Err()
		}
		if !f.left || ctx.Err() != nil {
			return f.value, f.err
		}
	}
}

func (r *Reads[T]) join() *flight[T] {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch {
	case r.running == nil:
		r.running = newFlight[T]()
		r.running.turn <- struct{}{}
		return r.running
	case !r.running.begun: // all who waited for it have left, or are about to begin
		return r.running
	case r.next == nil:
		r.next = newFlight[T]()
	}
	return r.next
}

func newFlight[T any]() *flight[T] {
	return &flight[T]{turn: make(chan struct{}, 1), done: make(chan struct{})}
}

// run makes the call of f and hands on the turn.
func (r *Reads[T]) run(ctx context.Context, f *flight[T], read func(context.Context) (T, error)) {
	r.mu.Lock()
	f.begun = true
	r.mu.Unlock()
	f.err = r.Unreturned // should read panic or end this goroutine
	defer func() {
		r.mu.Lock()
		defer r.mu.Unlock()
		if r.running, r.next = r.next, nil; r.running != nil {
			r.running.turn <- struct{}{}
		}
		close(f.done)
	}()
	f.value, f.err = read(ctx)
	// A time limit of the backend's own looks the same, but holds for all readers.
	f.left = f.err != nil && ctx.Err() != nil
}
