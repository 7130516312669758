package settings

import (
	"context"
	"errors"
	"reflect"
	"sync"
	"sync/atomic"

	"github.com/secretmux/secretmux"
)

// Current is a struct of settings that keeps itself up to date. Reading it never
// waits and never fails. Make one with [Watch]. It is safe for concurrent use.
type Current[T any] struct {
	store *secretmux.Store
	plan  *plan
	opts  Options
	state atomic.Pointer[state[T]]

	reloading sync.Mutex // one reload at a time

	mu      sync.Mutex // guards what follows, and writes of state
	err     error      // of the last reload
	stops   []func()
	lives   []*secretmux.Live // by document, for Err; nil until a reload fails
	stopped bool

	notices notices[T]
}

// state is one struct and what it was built from.
type state[T any] struct {
	value   T
	reading *reading
}

// Watch is [Load], and then keeps the struct up to date until Stop, or until the
// store is closed. Errors are those of Load; ctx is for the first read alone.
//
// When a secret of the struct changes, all of its secrets are read with one
// GetMany, most of them from what the store keeps, and a new struct is built,
// checked, and put in the place of the old one. Fields of one document are always
// of one version of it. Secrets that changed together make one reload, as far as
// the store has read them.
//
// When the new struct has problems, the old one stays. [Current.Err] and
// Options.OnError tell the problems, and so does the store's own Check, as a
// callback that failed; the reload is tried again with the store's back-off.
//
// What counts is a change, as for Store.OnRotate: a secret that is not there yet
// and then comes into being is none, and neither is one that is deleted. The next
// reload takes both in; see [Current.Refresh].
func Watch[T any](ctx context.Context, store *secretmux.Store, opts Options) (*Current[T], error) {
	p, err := planFor[T](store)
	if err != nil {
		return nil, err
	}
	c := &Current[T]{store: store, plan: p, opts: opts}
	first, err := c.build(ctx, p.read(ctx, store))
	if err != nil {
		return nil, err
	}
	c.state.Store(first)
	if err := c.subscribe(); err != nil {
		c.Stop()
		return nil, err
	}
	// A change between the read and the subscription is told to nobody. This
	// read is of what the store keeps.
	if err := c.swap(ctx); err != nil {
		c.Stop()
		return nil, err
	}
	return c, nil
}

func (c *Current[T]) subscribe() error {
	onRotate := func(ctx context.Context, _ secretmux.Rotation) error { return c.reload(ctx) }
	for _, name := range c.plan.documents {
		stop, err := c.store.OnRotate(name, onRotate)
		if err != nil {
			return err
		}
		c.mu.Lock()
		c.stops = append(c.stops, stop)
		c.mu.Unlock()
	}
	return nil
}

// Get returns the newest struct that had no problems. It is shared by all
// readers: don't change it. It costs one atomic load. Take several fields from
// one Get, as the next may return another struct.
func (c *Current[T]) Get() *T { return &c.state.Load().value }

// Refresh reads the secrets of the struct from their backends now, as
// Store.Refresh does, and builds it anew. After it returns nil, Get returns what
// the backends held after the call began, secrets that came into being or went
// included. On an error the old struct stays.
func (c *Current[T]) Refresh(ctx context.Context) error {
	var errs []error
	var many *secretmux.ManyError
	errors.As(c.store.Refresh(ctx, c.plan.documents...), &many)
	for _, name := range c.plan.documents {
		if many != nil && many.Failed[name] != nil && !absent(many.Failed[name]) { // whether that is a problem is up to the struct
			errs = append(errs, many.Failed[name])
		}
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return c.reload(ctx)
}

// Stop ends the watch. Get goes on to return the last struct, and OnChange
// callbacks begin no more. It does not wait for one that is running, so that a
// callback may call it. Stopping twice is harmless.
func (c *Current[T]) Stop() {
	c.mu.Lock()
	stops := c.stops
	c.stops, c.stopped = nil, true
	c.mu.Unlock()
	for _, stop := range stops {
		stop()
	}
	c.unwatch()
	c.notices.close()
}

// reload builds a new struct if the secrets have changed.
func (c *Current[T]) reload(ctx context.Context) error {
	err := c.swap(ctx)
	if err != nil && c.opts.OnError != nil {
		c.opts.OnError(err)
	}
	c.notices.deliver()
	return err
}

// swap replaces the struct and queues the notice of it. Callbacks are called by
// reload, when nothing is locked.
func (c *Current[T]) swap(ctx context.Context) error {
	c.reloading.Lock()
	defer c.reloading.Unlock()
	old := c.state.Load()
	r := c.plan.read(ctx, c.store)
	var next *state[T]
	var err error
	if !r.same(old.reading) {
		next, err = c.build(ctx, r)
	}
	if err != nil {
		c.watch(ctx, r)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.stopped {
		return nil
	}
	c.err = err
	if next == nil {
		return err
	}
	c.state.Store(next)
	if fields := old.reading.changed(next.reading); len(fields) > 0 {
		c.notices.add(Change[T]{Old: &old.value, New: &next.value, Fields: fields})
	}
	return nil
}

func (c *Current[T]) build(ctx context.Context, r *reading) (*state[T], error) {
	s := &state[T]{reading: r}
	if err := r.fill(ctx, c.opts, reflect.ValueOf(&s.value).Elem()); err != nil {
		return nil, err
	}
	return s, nil
}
