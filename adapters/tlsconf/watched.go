package tlsconf

import (
	"context"
	"slices"
	"sync"

	"github.com/secretmux/secretmux"
)

// watched keeps a state up to date. The state is made from one or more secrets.
type watched struct {
	lives []*secretmux.Live

	mu        sync.Mutex
	stops     []func()
	listeners []*func() // called after each change
}

// watch reads refs, applies them, and applies them again after each change. If a change
// can't be applied, the callback returns an error, so that it shows in Status and is
// tried again.
func (w *watched) watch(ctx context.Context, store *secretmux.Store, apply func(context.Context) error, refs ...string) error {
	if store == nil {
		return invalid("the store is nil", "check the error of the call that opens the store")
	}
	if err := w.subscribe(ctx, store, apply, refs); err != nil {
		_ = w.Close()
		return err
	}
	return nil
}

func (w *watched) subscribe(ctx context.Context, store *secretmux.Store, apply func(context.Context) error, refs []string) error {
	for _, ref := range refs {
		live, err := store.Watch(ctx, ref)
		if err != nil {
			return err
		}
		w.lives = append(w.lives, live)
	}
	for _, ref := range refs {
		stop, err := store.OnRotate(ref, func(ctx context.Context, _ secretmux.Rotation) error {
			if err := apply(ctx); err != nil {
				return err
			}
			w.tell()
			return nil
		})
		if err != nil {
			return err
		}
		w.stops = append(w.stops, stop)
	}
	// Apply only now, when the callbacks are in place, so that no change is missed.
	return apply(ctx)
}

// onChange makes fn be called after each change, until stop.
func (w *watched) onChange(fn func()) (stop func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.listeners = append(w.listeners, &fn)
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		w.listeners = slices.DeleteFunc(w.listeners, func(other *func()) bool { return other == &fn })
	}
}

func (w *watched) tell() {
	w.mu.Lock()
	all := slices.Clone(w.listeners)
	w.mu.Unlock()
	for _, fn := range all {
		(*fn)()
	}
}

// Close ends the watch. The last value is still served. It always returns nil, and a
// second Close does nothing.
func (w *watched) Close() error {
	for _, stop := range w.stops {
		stop()
	}
	for _, live := range w.lives {
		live.Stop()
	}
	return nil
}
