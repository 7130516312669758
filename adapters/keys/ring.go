package keys

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/secretmux/secretmux"
)

// ring keeps the keys of one secret, and the keys that they replaced. Set and MAC are
// two views of it.
type ring[K any] struct {
	opts  Options
	parse func(secretmux.Secret) (parsed[K], error)
	same  func(a, b K) bool

	live, previous *secretmux.Live // previous may be nil
	stops          []func()
	life           context.Context //nolint:containedctx // until Close: Public has no ctx of its own
	end            context.CancelFunc

	mu    sync.Mutex // held while the state is rebuilt
	state atomic.Pointer[state[K]]
}

// state has the keys that sign and verify. It is replaced and never changed.
type state[K any] struct {
	secret  secretmux.Secret // the value that it was made from
	newest  parsed[K]
	signAt  time.Time // when newest.current begins to sign; before, retired[0] does
	retired []retired[K]
}

// retired is a replaced key. The last one comes first.
type retired[K any] struct {
	key   K
	until time.Time // when it no longer verifies; zero means until another key takes its place
}

func (r *retired[K]) verifies() bool { return r.until.IsZero() || time.Now().Before(r.until) }

// start reads ref and follows it.
func (r *ring[K]) start(ctx context.Context, store *secretmux.Store, ref string) error {
	if store == nil {
		return invalid("the store is nil", "check the error of the call that opens the store")
	}
	if err := r.opts.check(); err != nil {
		return err
	}
	r.life, r.end = context.WithCancel(context.Background()) //nolint:gosec // Close calls it
	if err := r.follow(ctx, store, ref); err != nil {
		_ = r.Close()
		return err
	}
	return nil
}

func (r *ring[K]) follow(ctx context.Context, store *secretmux.Store, ref string) error {
	var err error
	if r.live, err = store.Watch(ctx, ref); err != nil {
		return err
	}
	refs := []string{ref}
	if r.opts.Previous {
		parsedRef, err := secretmux.ParseRef(ref)
		if err != nil {
			return err
		}
		parsedRef.Version = secretmux.VersionPrevious
		r.previous, err = store.Watch(ctx, parsedRef.String())
		switch {
		case err == nil:
			refs = append(refs, parsedRef.String())
		case !errors.Is(err, secretmux.ErrNotFound) && !errors.Is(err, errors.ErrUnsupported):
			return err
		}
	}
	for _, ref := range refs {
		stop, err := store.OnRotate(ref, func(_ context.Context, rotation secretmux.Rotation) error { return r.rebuild(rotation.At) })
		if err != nil {
			return err
		}
		r.stops = append(r.stops, stop)
	}
	return r.rebuild(time.Now())
}

// rebuild makes the state of the newest values. at is the time when they were first
// seen.
func (r *ring[K]) rebuild(at time.Time) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	secret := r.live.Current()
	old := r.state.Load()
	next := &state[K]{secret: secret}
	var err error
	if next.newest, err = r.parse(secret); err != nil {
		return err
	}
	made := at
	if created := secret.Created(); !created.IsZero() && created.Before(made) {
		made = created
	}
	next.signAt = made.Add(r.opts.SignAfter)
	if old != nil {
		next.retired = old.retired
		if r.same(old.newest.current, next.newest.current) {
			next.signAt = old.signAt
		} else if !old.newest.set {
			next.retired = r.retire(next, old.newest.current)
		}
	}
	if r.previous != nil && !next.newest.set {
		if p, err := r.parse(r.previous.Current()); err == nil && !p.set && !r.known(next, p.current) {
			next.retired = r.retire(next, p.current)
		}
	}
	if old == nil && len(next.retired) == 0 {
		next.signAt = time.Time{} // there is no other key to sign with
	}
	r.state.Store(next)
	return nil
}

func (r *ring[K]) known(s *state[K], k K) bool {
	return r.same(s.newest.current, k) || slices.ContainsFunc(s.retired, func(old retired[K]) bool { return r.same(old.key, k) })
}

// retire adds k as the last replaced key, and drops the keys whose time is over.
func (r *ring[K]) retire(s *state[K], k K) []retired[K] {
	one := retired[K]{key: k}
	if r.opts.Overlap == 0 {
		return []retired[K]{one}
	}
	one.until = s.signAt.Add(r.opts.Overlap)
	now := time.Now()
	all := []retired[K]{}
	if now.Before(one.until) {
		all = append(all, one)
	}
	for _, old := range s.retired {
		if now.Before(old.until) && !r.same(old.key, k) {
			all = append(all, old)
		}
	}
	return all
}

// signing returns the present signing key.
func (s *state[K]) signing() K {
	if !s.signAt.IsZero() && len(s.retired) > 0 && !s.newest.set && time.Now().Before(s.signAt) {
		return s.retired[0].key
	}
	return s.newest.current
}

// verifying yields the keys that verify now. The newest comes first.
func (s *state[K]) verifying(yield func(K) bool) {
	for _, k := range s.newest.all {
		if !yield(k) {
			return
		}
	}
	for _, old := range s.retired {
		if old.verifies() && !yield(old.key) {
			return
		}
	}
}

// renew looks for a newer value, because the known one does not have the key. It
// reports whether there is one.
func (r *ring[K]) renew() bool {
	have := r.state.Load()
	changed, err := r.live.Renew(r.life, have.secret)
	if err != nil || !changed {
		return false
	}
	return r.rebuild(time.Now()) == nil && r.state.Load() != have
}

// Close ends the watch. The last keys still sign and verify. It always returns nil, and
// a second Close does nothing.
func (r *ring[K]) Close() error {
	r.end()
	for _, stop := range r.stops {
		stop()
	}
	for _, live := range []*secretmux.Live{r.live, r.previous} {
		if live != nil {
			live.Stop()
		}
	}
	return nil
}
