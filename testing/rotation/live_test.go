package rotation_test

import (
	"errors"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/internal/tests/rigs"
	"github.com/secretmux/secretmux/testing/faults"
)

func TestLiveFollowsTheBackend(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := rigs.New(t, secretmux.Options{TTL: time.Minute}, map[string]string{"db": `{"k":"1","x":"a"}`})
		live := r.LiveOf("db#k")
		if live.Ref() != "db#k" {
			t.Errorf("Ref = %q", live.Ref())
		}
		rigs.WantLive(t, live, "1", "")
		r.Memory.Set("db", `{"k":"1","x":"b"}`) // another field
		r.Pass(time.Minute)
		rigs.WantLive(t, live, "1", "")
		if v := live.Current().Version(); v != "2" {
			t.Errorf("Current has version %q after a rewrite, want 2", v)
		}
		r.Memory.Set("db", `{"k":"2","x":"b"}`)
		r.Pass(time.Minute)
		rigs.WantLive(t, live, "2", "1")
		r.Memory.Set("db", `{"k":"3","x":"b"}`)
		r.Pass(time.Minute)
		rigs.WantLive(t, live, "3", "2")

		later := r.LiveOf("db#k") // it shares what is known
		rigs.WantLive(t, later, "3", "2")
	})
}

func TestLiveKeepsTheLastGoodValue(t *testing.T) {
	for _, class := range []error{secretmux.ErrDenied, secretmux.ErrNotFound, secretmux.ErrDisabled, secretmux.ErrUnavailable, secretmux.ErrCorrupt} {
		t.Run(class.Error(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := rigs.New(t, secretmux.Options{TTL: time.Minute}, map[string]string{"a": "1"})
				live := r.LiveOf("a")
				r.Fail(class)
				r.Pass(time.Hour)
				rigs.WantLive(t, live, "1", "")
				r.WantErr("a", class)
				st := r.StateOf("a")
				if st.Served || !st.Watched || !errors.Is(st.Err, class) || st.Version != "1" || st.NextRefresh.IsZero() {
					t.Errorf("Status is %+v, want a watched secret that is not served", st)
				}
				r.Faults.Inject(faults.Always(faults.Step{Err: class}, "a")) // Check's own call works
				if err := r.Check(t.Context()); !errors.Is(err, class) {
					t.Errorf("Check = %v, want it to tell that a watched secret is not served", err)
				}
				r.Faults.Heal()
				r.Memory.Set("a", "2")
				r.Pass(5 * time.Minute)
				rigs.WantLive(t, live, "2", "1")
				if err := r.Check(t.Context()); err != nil {
					t.Errorf("Check: %v", err)
				}
			})
		})
	}
}

func TestLiveStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := rigs.New(t, secretmux.Options{TTL: time.Minute}, map[string]string{"a": "1"})
		stopped, kept := r.LiveOf("a"), r.LiveOf("a")
		stopped.Stop()
		stopped.Stop()
		r.Memory.Set("a", "2")
		r.Pass(time.Minute)
		rigs.WantLive(t, stopped, "1", "")
		rigs.WantLive(t, kept, "2", "1")
		kept.Stop()
		r.Pass(time.Minute)
		r.Backend.Calls.Store(0)
		r.Pass(time.Hour)
		r.WantCalls(0)
		rigs.WantLive(t, kept, "2", "1")
		if err := r.Close(); err != nil {
			t.Error(err)
		}
		rigs.WantLive(t, kept, "2", "1")
		kept.Stop()
	})
}

// A watch that could not begin watches nothing.
func TestLiveOfWhatIsNotThere(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := rigs.New(t, secretmux.Options{TTL: time.Minute}, map[string]string{"db": rigs.Document})
		for ref, class := range map[string]error{
			"absent": secretmux.ErrNotFound, "db#nope": secretmux.ErrFieldNotFound, "db?version=9": secretmux.ErrNotFound, "a b\n": secretmux.ErrInvalid,
		} {
			live, err := r.Watch(t.Context(), ref)
			if live != nil || !errors.Is(err, class) {
				t.Errorf("Watch(%q) failed with %v, want %v", ref, err, class)
			}
		}
		r.Backend.Calls.Store(0)
		r.Pass(time.Hour)
		r.WantCalls(0)
		for _, st := range r.Status() {
			if st.Watched {
				t.Errorf("%q counts as watched", st.Ref)
			}
		}
	})
}

func TestLiveWithoutATTL(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := rigs.New(t, secretmux.Options{TTL: -1}, map[string]string{"a": "1"})
		live := r.LiveOf("a")
		r.Memory.Set("a", "2")
		r.Pass(time.Hour)
		rigs.WantLive(t, live, "1", "")
		r.Want("a", "2")
		rigs.WantLive(t, live, "2", "1")
		r.Memory.Set("a", "3")
		if err := r.Refresh(t.Context(), "a"); err != nil {
			t.Fatal(err)
		}
		rigs.WantLive(t, live, "3", "2")
	})
}

// For the race detector: readers, a rotating backend and watches that come and go.
func TestLiveConcurrently(t *testing.T) {
	r := rigs.New(t, secretmux.Options{}, map[string]string{"db": pair(0)})
	live := r.LiveOf("db")
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
				other := r.LiveOf("db#user")
				_ = other.Current()
				other.Stop()
			}
		})
	}
	for i := range 200 {
		r.Memory.Set("db", pair(i))
		if err := r.Refresh(t.Context(), "db"); err != nil {
			t.Error(err)
		}
	}
	close(done)
	wg.Wait()
	rigs.WantLive(t, live, pair(199), pair(198))
}

func TestReadingWhatIsKeptAllocatesNothing(t *testing.T) {
	r := rigs.New(t, secretmux.Options{}, map[string]string{"db": rigs.Document, "db/second": "x"})
	live := r.LiveOf("db#pass")
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
	r.WantCalls(2)
}
