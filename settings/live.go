package settings

import (
	"context"
	"errors"
	"reflect"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/secretmux/secretmux"
)

// Live is a struct of settings that keeps itself up to date. Reading it never
// waits and never fails. Make one with [Watch]. It is safe for concurrent use.
type Live[T any] struct {
	source Source
	plan   *plan
	opts   Options
	state  atomic.Pointer[state[T]]

	reloading sync.Mutex // one reload at a time

	mu      sync.Mutex // guards the fields below, and writes of state
	err     error      // of the last reload
	failing map[string]error
	stops   []func()
	stopped bool
	poked   bool // work has not looked at the last event yet
	stirred bool // the last event requires a reload
	working bool // a goroutine runs work

	changes changes[T]
}

// state is one struct and the reading that it was built from.
type state[T any] struct {
	value   T
	reading *reading
}

// Watch loads the struct like [Load], and then keeps it up to date until Stop, or
// until the store is closed. Its errors are the errors of Load. ctx is only for the
// first read.
//
// When a secret of the struct changes, appears or disappears, Watch reads all secrets of
// the struct with one GetMany. Most of them come from the store's memory. It builds and
// checks a new struct, which replaces the old one. All fields of one document come from
// one version of it. If several secrets change and the store reads them together, there
// is only one reload.
//
// If the new struct has problems, the old one stays. [Live.Err] and Options.OnError
// report the problems. The store's own Check reports them as a failed callback. The
// reload is tried again with the store's back-off. If the refresh of a secret fails,
// Live.Err and Options.OnError report that too, and the struct stays in use.
//
// The secrets of required fields count for the store's Ready: Ready returns an error as
// soon as one of them can no longer be served. The secrets of fields that are optional or
// have a default may be absent.
func Watch[T any](ctx context.Context, source Source, opts Options) (*Live[T], error) {
	p, err := planFor[T](source)
	if err != nil {
		return nil, err
	}
	l := &Live[T]{source: source, plan: p, opts: opts, failing: map[string]error{}}
	l.changes.live = l
	first, err := l.build(ctx, p.read(ctx, source))
	if err != nil {
		return nil, err
	}
	l.state.Store(first)
	if err := l.subscribe(ctx); err != nil {
		l.Stop()
		return nil, err
	}
	// A change between the read and the subscription was not reported. This read
	// finds it in the store's memory.
	if err := l.swap(ctx); err != nil {
		l.Stop()
		return nil, err
	}
	return l, nil
}

// subscribe watches each document. A Live of the store means that the service needs
// the secret.
func (l *Live[T]) subscribe(ctx context.Context) error {
	stops := []func(){l.source.Observe(l.notice)}
	defer func() {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.stops = stops
	}()
	for i, name := range l.plan.documents {
		if l.plan.needs(i) {
			live, err := l.source.Watch(ctx, name)
			if err != nil {
				return err
			}
			stops = append(stops, live.Stop)
		}
		stop, err := l.source.OnRotate(name, l.rotated)
		if err != nil {
			return err
		}
		stops = append(stops, stop)
	}
	return nil
}

// together is how long a reload waits for further changes. The store accepts the
// secrets of one batch one after the other, and a struct with half of them would be
// wrong for a moment.
const together = 10 * time.Millisecond

// rotated is the callback of each document.
func (l *Live[T]) rotated(ctx context.Context, _ secretmux.Rotation) error {
	wait := time.NewTimer(together)
	defer wait.Stop()
	select {
	case <-wait.C:
		return l.reload(ctx)
	case <-ctx.Done():
		return ctx.Err()
	}
}

// needs reports whether a required field is filled from the document.
func (p *plan) needs(document int) bool {
	return slices.ContainsFunc(p.leaves, func(l leaf) bool { return l.document == document && l.required() })
}

// Current returns the newest struct that had no problems. All readers share the struct,
// so don't change it. The call costs one atomic load. If you need several fields, take
// them from one call of Current, because the next call may return another struct.
func (l *Live[T]) Current() *T { return &l.state.Load().value }

// Err returns the reasons why the struct may differ from the backends: the problems
// of the last reload, secrets that can't be refreshed or were revoked, and OnChange
// callbacks that fail. It returns nil when there are no such problems. It does not wait.
func (l *Live[T]) Err() error {
	l.mu.Lock()
	errs := []error{l.err}
	for _, name := range l.plan.documents {
		if err := l.failing[name]; err != nil && l.err == nil {
			errs = append(errs, err)
		}
	}
	l.mu.Unlock()
	errs = append(errs, l.changes.errs()...)
	errs = slices.DeleteFunc(errs, func(err error) bool { return err == nil })
	if len(errs) == 1 {
		return errs[0]
	}
	return errors.Join(errs...)
}

// Refresh reads the secrets of the struct from their backends now, like
// Store.Refresh, and builds the struct anew. If it returns nil, Current has the
// values that the backends held after the call began. That includes secrets that
// appeared or disappeared. On an error the old struct stays.
func (l *Live[T]) Refresh(ctx context.Context) error {
	var errs []error
	var many *secretmux.ManyError
	errors.As(l.source.Refresh(ctx, l.plan.documents...), &many)
	for _, name := range l.plan.documents {
		if many != nil && many.Failed[name] != nil && !absent(many.Failed[name]) { // the struct decides whether that is a problem
			errs = append(errs, many.Failed[name])
		}
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	return l.reload(ctx)
}

// Stop ends the watch. Current keeps returning the last struct, and no OnChange
// callback begins any more. It does not wait for a running callback, so a callback
// may call it. A second Stop does nothing.
func (l *Live[T]) Stop() {
	l.mu.Lock()
	stops := l.stops
	l.stops, l.stopped = nil, true
	l.mu.Unlock()
	for _, stop := range stops {
		stop()
	}
	l.changes.close()
}

// reload builds a new struct if the secrets have changed.
func (l *Live[T]) reload(ctx context.Context) error {
	err := l.swap(ctx)
	if err != nil && l.opts.OnError != nil {
		l.opts.OnError(err)
	}
	return err
}

// swap replaces the struct and wakes the callbacks.
func (l *Live[T]) swap(ctx context.Context) error {
	l.reloading.Lock()
	defer l.reloading.Unlock()
	old := l.state.Load()
	r := l.plan.read(ctx, l.source)
	var next *state[T]
	var err error
	if !r.same(old.reading) {
		next, err = l.build(ctx, r)
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.stopped {
		return nil
	}
	l.err = err
	if next != nil {
		l.state.Store(next)
		l.changes.wake()
	}
	return err
}

func (l *Live[T]) build(ctx context.Context, r *reading) (*state[T], error) {
	s := &state[T]{reading: r}
	if err := r.fill(ctx, l.opts, reflect.ValueOf(&s.value).Elem()); err != nil {
		return nil, err
	}
	return s, nil
}
