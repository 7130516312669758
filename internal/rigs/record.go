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

func (c *Counted) String() string { return "test:" }

func (c *Counted) Get(ctx context.Context, name string) (secretmux.Secret, error) {
	c.Calls.Add(1)
	return c.Provider.Get(ctx, name)
}

func (c *Counted) GetMany(ctx context.Context, names []string) ([]secretmux.Result, error) {
	c.Calls.Add(1)
	c.Batches.Add(1)
	return GetMany(ctx, c.Provider, names...), nil
}

func (c *Counted) GetVersion(ctx context.Context, name, version string) (secretmux.Secret, error) {
	c.Calls.Add(1)
	return secretmux.GetVersion(ctx, c.Provider, name, version)
}

func (c *Counted) List(ctx context.Context, prefix string) iter.Seq2[secretmux.Info, error] {
	return secretmux.List(ctx, c.Provider, prefix)
}

func (c *Counted) Check(ctx context.Context) error { return secretmux.Check(ctx, c.Provider) }

func (c *Counted) Close() error {
	c.Closes.Add(1)
	return secretmux.Close(c.Provider)
}

// EventLog is an Observer that remembers.
type EventLog struct {
	mu  sync.Mutex
	All []secretmux.Event
}

func (l *EventLog) Add(e secretmux.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.All = append(l.All, e)
}

// Take returns the events of a kind and forgets them.
func (l *EventLog) Take(kind secretmux.EventKind) []secretmux.Event {
	synctest.Wait() // events are Told after readers were let go
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

func (c *Told) Call(_ context.Context, r secretmux.Rotation) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.Calls = append(c.Calls, r.Old.Reveal()+">"+r.New.Reveal())
	return nil
}

func (c *Told) Want(t *testing.T, calls ...string) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if !slices.Equal(c.Calls, calls) {
		t.Errorf("the callback was called with %q, want %q", c.Calls, calls)
	}
}
