package secretmux_test

import (
	"context"
	"errors"
	"iter"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/testing/faults"
	"github.com/secretmux/secretmux/testing/memory"
)

// rig is a store over a backend in memory that can fail on request, and a record
// of what it did.
type rig struct {
	*secretmux.Store
	t       *testing.T
	memory  *memory.Provider
	faults  *faults.Injector
	backend *counted
	events  *eventLog
}

func newRig(t *testing.T, opts secretmux.Options, secrets map[string]string) *rig {
	t.Helper()
	r := &rig{t: t, memory: memory.New(secrets), faults: faults.New(faults.Options{}), events: &eventLog{}}
	r.backend = &counted{Provider: r.faults.Wrap(r.memory)}
	if opts.Observer == nil {
		opts.Observer = r.events.add
	}
	s, err := secretmux.New(r.backend, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	r.Store = s
	return r
}

// OnRotate is the store's, for references that are known to be good.
func (r *rig) OnRotate(ref string, fn func(context.Context, secretmux.Rotation) error) (stop func()) {
	r.t.Helper()
	stop, err := r.Store.OnRotate(ref, fn)
	if err != nil {
		r.t.Fatal(err)
	}
	return stop
}

// want gets ref and checks the value.
func (r *rig) want(ref, value string) {
	r.t.Helper()
	got, err := r.Get(r.t.Context(), ref)
	if err != nil || got.Reveal() != value {
		r.t.Errorf("Get(%q) = %q, %v; want %q", ref, got.Reveal(), err, value)
	}
}

// wantErr gets ref and checks the class of the failure.
func (r *rig) wantErr(ref string, class error) {
	r.t.Helper()
	got, err := r.Get(r.t.Context(), ref)
	if !errors.Is(err, class) || !got.IsZero() {
		r.t.Errorf("Get(%q) = zero %t, %v; want no secret and %v", ref, got.IsZero(), err, class)
	}
}

// wantCalls checks how many calls the backend had since the last wantCalls.
func (r *rig) wantCalls(n int64) {
	r.t.Helper()
	if got := r.backend.calls.Swap(0); got != n {
		r.t.Errorf("the backend had %d calls, want %d", got, n)
	}
}

// pass lets time pass, and all that falls due in it happen.
func (r *rig) pass(d time.Duration) {
	time.Sleep(d)
	synctest.Wait()
}

// fail makes all calls fail with err from now on.
func (r *rig) fail(err error) { r.faults.Inject(faults.Always(faults.Step{Err: err})) }

// status returns the only Status of ref.
func (r *rig) status(ref string) secretmux.Status {
	r.t.Helper()
	all := r.Status()
	i := slices.IndexFunc(all, func(s secretmux.Status) bool { return s.Ref == ref })
	if i < 0 {
		r.t.Fatalf("Status has no %q", ref)
	}
	return all[i]
}

// counted counts the calls of a provider, also those that fail. A batch is one.
type counted struct {
	secretmux.Provider
	calls, batches, closes atomic.Int64
}

func (c *counted) String() string { return "test:" }

func (c *counted) Get(ctx context.Context, name string) (secretmux.Secret, error) {
	c.calls.Add(1)
	return c.Provider.Get(ctx, name)
}

func (c *counted) GetMany(ctx context.Context, names []string) ([]secretmux.Result, error) {
	c.calls.Add(1)
	c.batches.Add(1)
	return getMany(ctx, c.Provider, names...), nil
}

func (c *counted) GetVersion(ctx context.Context, name, version string) (secretmux.Secret, error) {
	c.calls.Add(1)
	return secretmux.GetVersion(ctx, c.Provider, name, version)
}

func (c *counted) List(ctx context.Context, prefix string) iter.Seq2[secretmux.Info, error] {
	return secretmux.List(ctx, c.Provider, prefix)
}

func (c *counted) Check(ctx context.Context) error { return secretmux.Check(ctx, c.Provider) }

func (c *counted) Close() error {
	c.closes.Add(1)
	return secretmux.Close(c.Provider)
}

// eventLog is an Observer that remembers.
type eventLog struct {
	mu  sync.Mutex
	all []secretmux.Event
}

func (l *eventLog) add(e secretmux.Event) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.all = append(l.all, e)
}

// take returns the events of a kind and forgets them.
func (l *eventLog) take(kind secretmux.EventKind) []secretmux.Event {
	synctest.Wait() // events are told after readers were let go
	l.mu.Lock()
	defer l.mu.Unlock()
	var taken []secretmux.Event
	l.all = slices.DeleteFunc(l.all, func(e secretmux.Event) bool {
		if e.Kind == kind {
			taken = append(taken, e)
		}
		return e.Kind == kind
	})
	return taken
}

// told records the calls of a rotation callback.
type told struct {
	mu    sync.Mutex
	calls []string // "old>new"
}

func (c *told) call(_ context.Context, r secretmux.Rotation) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.calls = append(c.calls, r.Old.Reveal()+">"+r.New.Reveal())
	return nil
}

func (c *told) want(t *testing.T, calls ...string) {
	t.Helper()
	c.mu.Lock()
	defer c.mu.Unlock()
	if !slices.Equal(c.calls, calls) {
		t.Errorf("the callback was called with %q, want %q", c.calls, calls)
	}
}
