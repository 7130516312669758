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
	waited, s, err := f.n != seen, f.session, f.err
	f.mu.Unlock()
	if waited {
		return s, err
	}
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

// busy reports whether somebody works.
func (f *flight) busy() bool { return len(f.slot) > 0 }
