package push_test

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/push"
	"github.com/secretmux/secretmux/testing/memory"
)

const canary = "Qm7xVt2kWz9pLr4s"

// broker delivers each message to each subscription.
type broker struct {
	mu   sync.Mutex
	subs []*subscription
}

func (b *broker) subscribe() *subscription {
	b.mu.Lock()
	defer b.mu.Unlock()
	s := &subscription{queue: make(chan delivery, 20_000)}
	b.subs = append(b.subs, s)
	return s
}

func (b *broker) send(n push.Notice) { b.deliver(delivery{m: push.Message{Body: push.Encode(n)}}) }

func (b *broker) fail(err error) { b.deliver(delivery{err: err}) }

func (b *broker) deliver(d delivery) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, s := range b.subs {
		s.queue <- d
	}
}

type delivery struct {
	m   push.Message
	err error
}

// subscription is a Source.
type subscription struct{ queue chan delivery }

func (s *subscription) Receive(ctx context.Context) (push.Message, error) {
	select {
	case d := <-s.queue:
		return d.m, d.err
	case <-ctx.Done():
		return push.Message{}, ctx.Err()
	}
}

// backend counts the reads of a fleet. Each read takes a moment. Within the lag after a
// change, it still returns the previous version.
type backend struct {
	*memory.Provider
	took, lag time.Duration

	mu            sync.Mutex
	reads         map[string]int
	at            []time.Time // of all reads
	running, peak int
	changed       map[string]time.Time
	before        map[string]secretmux.Secret
	regress       atomic.Int64 // so many reads answer with the version before
}

func newBackend(secrets ...string) *backend {
	b := &backend{
		Provider: memory.New(nil), reads: map[string]int{},
		changed: map[string]time.Time{}, before: map[string]secretmux.Secret{},
	}
	for _, name := range secrets {
		b.Set(name, "first of "+name)
	}
	return b
}

// rotate changes a secret and returns a notice of the change.
func (b *backend) rotate(t *testing.T, name, value string) push.Notice {
	t.Helper()
	before, err := b.Provider.Get(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	b.mu.Lock()
	b.changed[name], b.before[name] = time.Now(), before
	b.mu.Unlock()
	return push.Notice{Name: name, Version: b.Set(name, value), Time: time.Now()}
}

func (b *backend) Get(ctx context.Context, name string) (secretmux.Secret, error) {
	b.mu.Lock()
	b.reads[name]++
	b.at = append(b.at, time.Now())
	b.running++
	b.peak = max(b.peak, b.running)
	changed, old := b.changed[name], b.before[name]
	b.mu.Unlock()
	defer func() {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.running--
	}()
	if b.took > 0 {
		<-time.After(b.took)
	}
	lags := !old.IsZero() && time.Since(changed) < b.lag
	if lags || !old.IsZero() && b.regress.Add(-1) >= 0 {
		return old, nil
	}
	return b.Provider.Get(ctx, name)
}

func (b *backend) count(name string) int {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.reads[name]
}

func (b *backend) resetCounts() {
	b.mu.Lock()
	defer b.mu.Unlock()
	clear(b.reads)
	b.peak, b.at = 0, nil
}

func (b *backend) total() (n int) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, reads := range b.reads {
		n += reads
	}
	return n
}

// closest is the shortest time between two reads.
func (b *backend) closest() time.Duration {
	b.mu.Lock()
	defer b.mu.Unlock()
	least := time.Hour
	for i := range b.at[1:] {
		least = min(least, b.at[i+1].Sub(b.at[i]))
	}
	return least
}

// reader hides the other methods of memory, so each read is a Get.
type reader struct{ b *backend }

func (r reader) Get(ctx context.Context, name string) (secretmux.Secret, error) {
	return r.b.Get(ctx, name)
}

// instance is a store with a listener.
type instance struct {
	store  *secretmux.Store
	source *subscription
	end    context.CancelFunc
	ended  chan error
	told   map[string]int // rotations, by value
	events map[push.EventKind]int
	mu     sync.Mutex
}

// start opens n instances that watch the names, and ends them with the test.
func start(t *testing.T, n int, b *backend, br *broker, o push.Options, opts secretmux.Options, watch ...string) []*instance {
	t.Helper()
	fleet := make([]*instance, n)
	for i := range fleet {
		fleet[i] = startOne(t, b, br, o, opts, watch...)
	}
	return fleet
}

func startOne(t *testing.T, b *backend, br *broker, o push.Options, opts secretmux.Options, watch ...string) *instance {
	t.Helper()
	if opts.TTL == 0 {
		opts.TTL = 24 * time.Hour
	}
	store, err := secretmux.New(reader{b}, opts)
	if err != nil {
		t.Fatal(err)
	}
	in := &instance{store: store, source: br.subscribe(), ended: make(chan error, 1), told: map[string]int{}, events: map[push.EventKind]int{}}
	o.Observe = func(e push.Event) {
		in.mu.Lock()
		defer in.mu.Unlock()
		in.events[e.Kind]++
	}
	for _, name := range watch {
		if _, err := store.Watch(t.Context(), name); err != nil {
			t.Fatal(err)
		}
		_, err := store.OnRotate(name, func(_ context.Context, r secretmux.Rotation) error {
			in.mu.Lock()
			defer in.mu.Unlock()
			in.told[r.New.Reveal()]++
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	in.end = cancel
	go func() { in.ended <- push.Run(ctx, store, in.source, o) }()
	t.Cleanup(func() {
		cancel()
		_ = store.Close()
	})
	return in
}

func (in *instance) value(t *testing.T, name string) string {
	t.Helper()
	s, err := in.store.Get(t.Context(), name)
	if err != nil {
		t.Fatal(err)
	}
	return s.Reveal()
}

func (in *instance) count(kind push.EventKind) int {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.events[kind]
}

func (in *instance) callbacks(value string) int {
	in.mu.Lock()
	defer in.mu.Unlock()
	return in.told[value]
}

func names(n int) []string {
	all := make([]string, n)
	for i := range all {
		all[i] = fmt.Sprintf("prod/secret-%d", i)
	}
	return all
}
