package rigs

import (
	"context"
	"iter"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"

	"github.com/secretmux/secretmux"
)

// Counted counts the calls of a provider, also those that fail. A batch is one.
type Counted struct {
	secretmux.Provider
	Calls, Batches, Closes atomic.Int64
}

// String is what events name as the source.
func (c *Counted) String() string { return "test:" }

// Get counts one call.
func (c *Counted) Get(ctx context.Context, name string) (secretmux.Secret, error) {
	c.Calls.Add(1)
	return c.Provider.Get(ctx, name)
}

// GetMany counts one call and one batch.
func (c *Counted) GetMany(ctx context.Context, names []string) ([]secretmux.Result, error) {
	c.Calls.Add(1)
	c.Batches.Add(1)
	return GetMany(ctx, c.Provider, names...), nil
}

// GetVersion counts one call.
func (c *Counted) GetVersion(ctx context.Context, name, version string) (secretmux.Secret, error) {
	c.Calls.Add(1)
	return secretmux.GetVersion(ctx, c.Provider, name, version)
}

// List is not counted.
func (c *Counted) List(ctx context.Context, prefix string) iter.Seq2[secretmux.Info, error] {
	return secretmux.List(ctx, c.Provider, prefix)
}

// Check is not counted.
func (c *Counted) Check(ctx context.Context) error { return secretmux.Check(ctx, c.Provider) }

// Close is counted by itself.
func (c *Counted) Close() error {
	c.Closes.Add(1)
	return secretmux.Close(c.Provider)
}

// EventLog is an Observer that remembers.
type EventLog struct {
	mu  sync.Mutex
	All []secretmux.Event
}

// Add is the Observer.
func (l *EventLog) Add(e secretmux.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.All = append(l.All, e)
}

// Take returns the events of a kind and forgets them.
func (l *EventLog) Take(kind secretmux.EventKind) []secretmux.Event {
	synctest.Wait() // events are told after readers were let go
	l.mu.Lock()
	defer l.mu.Unlock()
	var taken []secretmux.Event
	l.All = slices.DeleteFunc(l.All, func(e secretmux.Event) bool {
		if e.Kind == kind {
			taken = append(taken, e)
		}
		return e.Kind == kind
	})
	return taken
}

// Refs are the references of all events, in order.
func (l *EventLog) Refs() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var refs []string
	for _, e := range l.All {
		refs = append(refs, e.Ref)
	}
	return refs
}

// Told records the calls of a rotation callback.
type Told struct {
	mu    sync.Mutex
	Calls []string // "old>new"
}

// Call is the callback.
func (c *Told) Call(_ context.Context, r secretmux.Rotation) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Calls = append(c.Calls, r.Old.Reveal()+">"+r.New.Reveal())
	return nil
}

// Want checks all calls so far, each as "old>new".
func (c *Told) Want(t *testing.T, calls ...string) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if !slices.Equal(c.Calls, calls) {
		t.Errorf("the callback was called with %q, want %q", c.Calls, calls)
	}
}
