package vault

import (
	"context"
	"errors"
	"sync"
)

// flight lets one caller at a time work on the session. Callers that had to wait
// for another one get the outcome of that instead of working themselves, so that
// any number of them makes one login, or one failed one. Each waits for as long
// as its own context allows; when the one that works gives up because of its
// context, the next one takes over.
type flight struct {
	slot chan struct{}

	mu      sync.Mutex
	n       int // finished works
	over    bool
	session *session
	err     error
}

func newFlight() *flight { return &flight{slot: make(chan struct{}, 1)} }

func (f *flight) do(ctx context.Context, work func(context.Context) (*session, error)) (*session, error) {
	f.mu.Lock()
	seen := f.n
	f.mu.Unlock()
	select {
	case f.slot <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-f.slot }()

	f.mu.Lock()
	waited, over, s, err := f.n != seen, f.over, f.session, f.err
	f.mu.Unlock()
	switch {
	case over:
		return nil, errClosed
	case waited:
		return s, err
	}
	// The work runs with the context of the caller that does it, not with one of its
	// own: a token must not be made for callers that are all gone.
	s, err = work(ctx)
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return nil, err // this caller's own affair
	}
	f.mu.Lock()
	f.n++
	f.session, f.err = s, err
	f.mu.Unlock()
	return s, err
}

// end waits for the one that works, within ctx, and lets nobody work after that.
func (f *flight) end(ctx context.Context) {
	select {
	case f.slot <- struct{}{}:
		defer func() { <-f.slot }()
	case <-ctx.Done():
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.over = true
}

// busy reports whether somebody works. It may be over by the time that the caller
// looks, so it decides only whether waiting is worth it.
func (f *flight) busy() bool { return len(f.slot) > 0 }
