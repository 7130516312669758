package rigs

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/testing/faults"
	"github.com/secretmux/secretmux/testing/memory"
)

// Document is a secret with fields.
const Document = `{"user":"ann","pass":"p#1","port":5432,"tls":true,"host":{"a":"b"}}`

// Rig is a store over a backend in memory that can fail on request, and a record
// of what it did.
type Rig struct {
	*secretmux.Store
	T       *testing.T
	Memory  *memory.Provider
	Faults  *faults.Injector
	Backend *Counted
	Events  *EventLog
}

// New makes a rig whose backend has secrets. The store is closed with the test.
func New(t *testing.T, opts secretmux.Options, secrets map[string]string) *Rig {
	t.Helper()
	r := &Rig{T: t, Memory: memory.New(secrets), Faults: faults.New(faults.Options{}), Events: &EventLog{}}
	r.Backend = &Counted{Provider: r.Faults.Wrap(r.Memory)}
	if opts.Observer == nil {
		opts.Observer = r.Events.Add
	}
	s, err := secretmux.New(r.Backend, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	r.Store = s
	return r
}

// OnRotate is the store's, for references that are known to be good.
func (r *Rig) OnRotate(ref string, fn func(context.Context, secretmux.Rotation) error) (stop func()) {
	r.T.Helper()
	stop, err := r.Store.OnRotate(ref, fn)
	if err != nil {
		r.T.Fatal(err)
	}
	return stop
}

// Want gets ref and checks the value.
func (r *Rig) Want(ref, value string) {
	r.T.Helper()
	got, err := r.Get(r.T.Context(), ref)
	if err != nil || got.Reveal() != value {
		r.T.Errorf("Get(%q) = %q, %v; want %q", ref, got.Reveal(), err, value)
	}
}

// WantErr gets ref and checks the class of the failure.
func (r *Rig) WantErr(ref string, class error) {
	r.T.Helper()
	got, err := r.Get(r.T.Context(), ref)
	if !errors.Is(err, class) || !got.IsZero() {
		r.T.Errorf("Get(%q) = zero %t, %v; want no secret and %v", ref, got.IsZero(), err, class)
	}
}

// WantCalls checks how many calls the backend had since the last WantCalls.
func (r *Rig) WantCalls(n int64) {
	r.T.Helper()
	if got := r.Backend.Calls.Swap(0); got != n {
		r.T.Errorf("the backend had %d calls, want %d", got, n)
	}
}

// Pass lets time pass, and all that falls due in it happen.
func (r *Rig) Pass(d time.Duration) {
	time.Sleep(d) //nolint:forbidigo // it runs in a synctest bubble, where that moves the clock
	synctest.Wait()
}

// Fail makes all calls fail with err from now on.
func (r *Rig) Fail(err error) { r.Faults.Inject(faults.Always(faults.Step{Err: err})) }

// StateOf returns the only Status of ref.
func (r *Rig) StateOf(ref string) secretmux.Status {
	r.T.Helper()
	all := r.Status()
	i := slices.IndexFunc(all, func(s secretmux.Status) bool { return s.Ref == ref })
	if i < 0 {
		r.T.Fatalf("Status has no %q", ref)
	}
	return all[i]
}

// Reopen replaces the store by one that is opened from a config string.
func (r *Rig) Reopen(config string, opts secretmux.Options) {
	r.T.Helper()
	opts.Observer = r.Events.Add
	o := secretmux.Opener{Backends: []secretmux.Backend{r.Faults.Backend(r.Memory.Backend())}, Options: opts}
	s, err := o.Open(r.T.Context(), config)
	if err != nil {
		r.T.Fatal(err)
	}
	r.T.Cleanup(func() { _ = s.Close() })
	r.Store = s
}

// Set changes a secret and lets the store know at once.
func (r *Rig) Set(name, value string) {
	r.T.Helper()
	r.Memory.Set(name, value)
	if err := r.Refresh(r.T.Context(), name); err != nil {
		r.T.Error(err)
	}
	synctest.Wait()
}

// WantTTL checks that a read of ref is served for ttl and not for longer, when
// nobody reads it in between.
func (r *Rig) WantTTL(ref string, ttl time.Duration) {
	r.T.Helper()
	get := func() {
		r.T.Helper()
		if _, err := r.Get(r.T.Context(), ref); err != nil {
			r.T.Errorf("Get(%q): %v", ref, err)
		}
	}
	r.Invalidate(ref)
	before := r.Memory.Reads(ref)
	get()
	r.Pass(ttl - 1)
	if n := r.Memory.Reads(ref) - before; n != 1 {
		r.T.Fatalf("%d reads within a TTL of %v, want 1", n, ttl)
	}
	// The refresh falls due before the TTL ends, and only if the secret is read.
	r.Pass(1)
	if n := r.Memory.Reads(ref) - before; n != 1 {
		r.T.Fatalf("%d reads of an idle secret after a TTL of %v, want 1", n, ttl)
	}
	get()
	if n := r.Memory.Reads(ref) - before; n != 2 {
		r.T.Errorf("%d reads after a TTL of %v, want 2", n, ttl)
	}
}

// LiveOf watches a reference that is known to be good.
func (r *Rig) LiveOf(ref string) *secretmux.Live {
	r.T.Helper()
	live, err := r.Watch(r.T.Context(), ref)
	if err != nil {
		r.T.Fatal(err)
	}
	return live
}

// WantLive checks both values of a Live. An empty previous means that there is none.
func WantLive(t *testing.T, live *secretmux.Live, current, previous string) {
	t.Helper()
	old, ok := live.Previous()
	if got := live.Current().Reveal(); got != current || ok != (previous != "") || old.Reveal() != previous {
		t.Errorf("Live has %q and before %q, %t; want %q and %q", got, old.Reveal(), ok, current, previous)
	}
}
