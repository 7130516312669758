package secretmux

import (
	"context"

	"github.com/secretmux/secretmux/cache"
)

// Live is a secret that keeps itself up to date. Reading it never waits and never
// fails, so it can be read for every request and every new connection. Make one
// with [Store.Watch]. It is safe for concurrent use.
type Live struct {
	ref    string
	handle *cache.Handle[Secret]
}

// Watch reads ref and returns a Live of it, which counts as watched: the store
// reads it anew before each TTL ends, until Stop or Close. Errors are those of
// Get; ctx is for the first read alone. With a negative TTL the Live changes when
// a Get or Refresh reads another value.
func (s *Store) Watch(ctx context.Context, ref string) (*Live, error) {
	h, err := s.cache.Watch(ctx, ref)
	if err != nil {
		return nil, s.describe("watch", ref, err)
	}
	return &Live{ref: ref, handle: h}, nil
}

// Current returns the newest value. While the backend fails it is the last one
// that was good, for as long as that lasts, also past MaxStale and after the
// secret was denied or deleted; [Store.Status] and [Store.Check] tell.
func (l *Live) Current() Secret { return l.handle.Current() }

// Previous returns the value before the current one, for verifiers that accept
// both during a rotation, until the next rotation. It returns false when the
// secret has not changed since it was watched.
func (l *Live) Previous() (Secret, bool) { return l.handle.Previous() }

// Ref returns the reference that Watch was given.
func (l *Live) Ref() string { return l.ref }

// Stop ends the watch. The Live keeps its last value. Stopping twice is harmless.
func (l *Live) Stop() { l.handle.Stop() }
