// Package fleet is a service with many instances. They share one backend, which
// counts its reads.
package fleet

import (
	"context"
	"sync"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/push"
	"github.com/secretmux/secretmux/testing/memory"
)

// Backend counts reads, and how many of them run at a time.
type Backend struct {
	*memory.Provider

	mu            sync.Mutex
	reads         map[string]int
	running, peak int
	took          time.Duration // the time that a read takes; zero until the instances have started
}

// NewBackend returns a backend with these secrets. Each has the value "first".
func NewBackend(secrets ...string) *Backend {
	b := &Backend{Provider: memory.New(nil), reads: map[string]int{}}
	for _, name := range secrets {
		b.Set(name, "first")
	}
	return b
}

// Rotate changes a secret and returns a notice of the change.
func (b *Backend) Rotate(name, value string) push.Notice {
	return push.Notice{Name: name, Version: b.Set(name, value), Time: time.Now()}
}

// Get reads a secret.
func (b *Backend) Get(ctx context.Context, name string) (secretmux.Secret, error) {
	b.mu.Lock()
	b.reads[name]++
	b.running++
	b.peak = max(b.peak, b.running)
	took := b.took
	b.mu.Unlock()
	defer func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.running--
	}()
	<-time.After(took)
	return b.Provider.Get(ctx, name)
}

// Reads returns the number of reads of a secret, the number of reads of all others,
// and the most reads at the same time. Then it counts from zero again. From then on
// each read takes 10 ms.
func (b *Backend) Reads(name string) (of, others, peak int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for n, reads := range b.reads {
		if n == name {
			of = reads
		} else {
			others += reads
		}
	}
	peak, b.peak, b.took = b.peak, 0, 10*time.Millisecond
	clear(b.reads)
	return of, others, peak
}

// Fleet has stores that watch the same secrets. Each has a source of its own.
type Fleet struct {
	stores []*secretmux.Store

	mu      sync.Mutex
	learned map[string][]time.Time
	events  map[push.EventKind]int
	ended   chan error
}

// Start opens n instances that watch the secrets, and ends them with the test. The
// sources are opened first, so that no message is missed.
func Start(t *testing.T, n int, b *Backend, open func(i int) push.Source, o push.Options, secrets ...string) *Fleet {
	t.Helper()
	f := &Fleet{learned: map[string][]time.Time{}, events: map[push.EventKind]int{}, ended: make(chan error, n)}
	o.Observe = func(e push.Event) {
		f.mu.Lock()
		defer f.mu.Unlock()
		f.events[e.Kind]++
	}
	ctx, cancel := context.WithCancel(t.Context())
	for i := range n {
		src := open(i)
		store := f.store(t, b, secrets)
		go func() { f.ended <- push.Run(ctx, store, src, o) }()
	}
	t.Cleanup(func() {
		cancel()
		for _, s := range f.stores {
			_ = s.Close()
		}
	})
	return f
}

func (f *Fleet) store(t *testing.T, b *Backend, secrets []string) *secretmux.Store {
	t.Helper()
	// This hides the other methods of memory, so each read is a Get.
	store, err := secretmux.New(secretmux.ProviderFunc(b.Get), secretmux.Options{TTL: 24 * time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	f.stores = append(f.stores, store)
	for _, name := range secrets {
		if _, err := store.Watch(t.Context(), name); err != nil {
			t.Fatal(err)
		}
		_, err := store.OnRotate(name, func(_ context.Context, r secretmux.Rotation) error {
			f.mu.Lock()
			defer f.mu.Unlock()
			f.learned[r.New.Reveal()] = append(f.learned[r.New.Reveal()], time.Now())
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return store
}

// Learned returns the times at which the callbacks got a value.
func (f *Fleet) Learned(value string) []time.Time {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]time.Time(nil), f.learned[value]...)
}

// Count returns the number of events of a kind.
func (f *Fleet) Count(kind push.EventKind) int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.events[kind]
}

// Ended returns the result of one Run.
func (f *Fleet) Ended() <-chan error { return f.ended }

// Await waits until all instances have the value. It returns the time from since
// until the last one had it.
func (f *Fleet) Await(t *testing.T, value string, since time.Time) time.Duration {
	t.Helper()
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for deadline := time.Now().Add(time.Minute); ; <-tick.C {
		learned := f.Learned(value)
		switch {
		case len(learned) >= len(f.stores):
			last := since
			for _, at := range learned {
				if at.After(last) {
					last = at
				}
			}
			return last.Sub(since)
		case time.Now().After(deadline):
			t.Fatalf("%d of %d instances learned %q within a minute; events %v", len(learned), len(f.stores), value, f.events)
		}
	}
}
