package vault

import (
	"context"
	"errors"
	"sync"
)

// flight lets one caller at a time work on the session. Callers that waited get the
// outcome of that work and don't repeat it, so any number of callers makes one
// login, or one failed login.
//
// Each caller waits only as long as its own context allows. When the caller that
// works gives up because of its context, that is not an outcome for the others: the
// next one takes over.
//
// A channel is used and not a mutex, because a wait for a mutex can't end with a
// context.
type flight struct {
	slot chan struct{}

	mu      sync.Mutex
	n       int // how many times the work has finished
	over    bool
	session *session
	err     error
}

func newFlight() *flight { return &flight{slot: make(chan struct{}, 1)} }

func (f *flight) do(ctx context.Context, work func(context.Context) (*session, error)) (*session, error) {
	// The number is read before the wait. It tells later whether another caller's work has
	// finished in the meantime. Work that finished earlier has no outcome for this caller: it
	// may have been about a token that has ended since.
	f.mu.Lock()
	seen := f.n
	f.mu.Unlock()
	select {
	case f.slot <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-f.slot }()

	// The slot is held from here on. The outcome is read only now, when no other caller can
	// change it.
	f.mu.Lock()
	waited, over, s, err := f.n != seen, f.over, f.session, f.err
	f.mu.Unlock()
	switch {
	case over:
		return nil, errClosed
	case waited:
		return s, err
	}
	// The work runs with the context of its caller, and not with one of its own: no token must
	// be made when all callers have gone.
	s, err = work(ctx)
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return nil, err // only this caller gave up, so the others must not get this error
	}
	f.mu.Lock()
	f.n++
	f.session, f.err = s, err
	f.mu.Unlock()
	return s, err
}

// end waits for the current work, at most until ctx ends. No work starts after
// that. Close needs this: a login that is still running makes a token, and a token
// that appears after the revocation would live to its end.
func (f *flight) end(ctx context.Context) {
	select {
	case f.slot <- struct{}{}:
		defer func() { <-f.slot }()
	case <-ctx.Done():
	}
	// over is set even if the wait was given up. The work that still runs then
	// leaves its token behind, but no further one is made.
	f.mu.Lock()
	defer f.mu.Unlock()
	f.over = true
}

// busy reports whether a caller works now. The work may be over when the result
// is used, so it may decide only whether to wait, and never whether a session is
// good.
func (f *flight) busy() bool { return len(f.slot) > 0 }
