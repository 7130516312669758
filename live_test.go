package secretmux_test

import (
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/testing/faults"
)

func (r *rig) watch(ref string) *secretmux.Live {
	r.t.Helper()
	live, err := r.Watch(r.t.Context(), ref)
	if err != nil {
		r.t.Fatal(err)
	}
	return live
}

func wantLive(t *testing.T, live *secretmux.Live, current, previous string) {
	t.Helper()
	old, ok := live.Previous()
	if got := live.Current().Reveal(); got != current || ok != (previous != "") || old.Reveal() != previous {
		t.Errorf("Live has %q and before %q, %t; want %q and %q", got, old.Reveal(), ok, current, previous)
	}
}

func TestLiveFollowsTheBackend(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, secretmux.Options{TTL: time.Minute}, map[string]string{"db": `{"k":"1","x":"a"}`})
		live := r.watch("db#k")
		if live.Ref() != "db#k" {
			t.Errorf("Ref = %q", live.Ref())
		}
		wantLive(t, live, "1", "")
		r.memory.Set("db", `{"k":"1","x":"b"}`) // another field
		r.pass(time.Minute)
		wantLive(t, live, "1", "")
		if v := live.Current().Version(); v != "2" {
			t.Errorf("Current has version %q after a rewrite, want 2", v)
		}
		r.memory.Set("db", `{"k":"2","x":"b"}`)
		r.pass(time.Minute)
		wantLive(t, live, "2", "1")
		r.memory.Set("db", `{"k":"3","x":"b"}`)
		r.pass(time.Minute)
		wantLive(t, live, "3", "2")

		later := r.watch("db#k") // it shares what is known
		wantLive(t, later, "3", "2")
	})
}

func TestLiveKeepsTheLastGoodValue(t *testing.T) {
	for _, class := range []error{secretmux.ErrDenied, secretmux.ErrNotFound, secretmux.ErrDisabled, secretmux.ErrUnavailable, secretmux.ErrCorrupt} {
		t.Run(class.Error(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, secretmux.Options{TTL: time.Minute}, map[string]string{"a": "1"})
				live := r.watch("a")
				r.fail(class)
				r.pass(time.Hour)
				wantLive(t, live, "1", "")
				r.wantErr("a", class)
				st := r.status("a")
				if st.Served || !st.Watched || !errors.Is(st.Err, class) || st.Version != "1" || st.NextRefresh.IsZero() {
					t.Errorf("Status is %+v, want a watched secret that is not served", st)
				}
				r.faults.Inject(faults.Always(faults.Step{Err: class}, "a")) // Check's own call works
				if err := r.Check(t.Context()); !errors.Is(err, class) {
					t.Errorf("Check = %v, want it to tell that a watched secret is not served", err)
				}
				r.faults.Heal()
				r.memory.Set("a", "2")
				r.pass(5 * time.Minute)
				wantLive(t, live, "2", "1")
				if err := r.Check(t.Context()); err != nil {
					t.Errorf("Check: %v", err)
				}
			})
		})
	}
}

func TestLiveStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, secretmux.Options{TTL: time.Minute}, map[string]string{"a": "1"})
		stopped, kept := r.watch("a"), r.watch("a")
		stopped.Stop()
		stopped.Stop()
		r.memory.Set("a", "2")
		r.pass(time.Minute)
		wantLive(t, stopped, "1", "")
		wantLive(t, kept, "2", "1")
		kept.Stop()
		r.pass(time.Minute)
		r.backend.calls.Store(0)
		r.pass(time.Hour)
		r.wantCalls(0)
		wantLive(t, kept, "2", "1")
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		wantLive(t, kept, "2", "1")
		kept.Stop()
	})
}

// A watch that could not begin watches nothing.
func TestLiveOfWhatIsNotThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, secretmux.Options{TTL: time.Minute}, map[string]string{"db": document})
		for ref, class := range map[string]error{
			"absent": secretmux.ErrNotFound, "db#nope": secretmux.ErrFieldNotFound, "db?version=9": secretmux.ErrNotFound, "a b\n": secretmux.ErrInvalid,
		} {
			live, err := r.Watch(t.Context(), ref)
			if live != nil || !errors.Is(err, class) {
				t.Errorf("Watch(%q) failed with %v, want %v", ref, err, class)
			}
		}
		r.backend.calls.Store(0)
		r.pass(time.Hour)
		r.wantCalls(0)
		for _, st := range r.Status() {
			if st.Watched {
				t.Errorf("%q counts as watched", st.Ref)
			}
		}
	})
}

func TestLiveWithoutATTL(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, secretmux.Options{TTL: -1}, map[string]string{"a": "1"})
		live := r.watch("a")
		r.memory.Set("a", "2")
		r.pass(time.Hour)
		wantLive(t, live, "1", "")
		r.want("a", "2")
		wantLive(t, live, "2", "1")
		r.memory.Set("a", "3")
		if err := r.Refresh(t.Context(), "a"); err != nil {
			t.Fatal(err)
		}
		wantLive(t, live, "3", "2")
	})
}

// For the race detector: readers, a rotating backend and watches that come and go.
func TestLiveConcurrently(t *testing.T) {
	r := newRig(t, secretmux.Options{}, map[string]string{"db": pair(0)})
	live := r.watch("db")
	done := make(chan struct{})
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			for {
				select {
				case <-done:
					return
				default:
				}
				wantPair(t, live.Current())
				if old, ok := live.Previous(); ok {
					wantPair(t, old)
				}
				other := r.watch("db#user")
				_ = other.Current()
				other.Stop()
			}
		})
	}
	for i := range 200 {
		r.memory.Set("db", pair(i))
		if err := r.Refresh(t.Context(), "db"); err != nil {
			t.Error(err)
		}
	}
	close(done)
	wg.Wait()
	wantLive(t, live, pair(199), pair(198))
}

func TestReadingWhatIsKeptAllocatesNothing(t *testing.T) {
	r := newRig(t, secretmux.Options{}, map[string]string{"db": document, "db/second": "x"})
	live := r.watch("db#pass")
	ctx := t.Context()
	for name, read := range map[string]func(){
		"Get":           func() { _, _ = r.Get(ctx, "db/second") },
		"Get a field":   func() { _, _ = r.Get(ctx, "db#user") },
		"Live.Current":  func() { _ = live.Current() },
		"Live.Previous": func() { _, _ = live.Previous() },
	} {
		read()
		if n := testing.AllocsPerRun(1000, read); n != 0 {
			t.Errorf("%s allocates %v times, want never", name, n)
		}
	}
	r.wantCalls(2)
}
