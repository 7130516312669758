package secretmux_test

import (
	"context"
	"errors"
	"runtime"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/testing/faults"
	"github.com/secretmux/secretmux/testing/memory"
)

func TestStoreAfterClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, secretmux.Options{}, map[string]string{"a": "1"})
		live := r.LiveOf("a")
		stop := r.OnRotate("a", new(told).Call)
		r.Want("a", "1")
		for range 2 {
			if err := r.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
		}
		r.Backend.Calls.Store(0)
		ctx := t.Context()
		if err := r.Check(ctx); !errors.Is(err, secretmux.ErrClosed) {
			t.Errorf("Check after Close: %v", err)
		}
		for what, call := range map[string]func() error{
			"Get":                 func() error { _, err := r.Get(ctx, "a"); return err },
			"Get of another":      func() error { _, err := r.Get(ctx, "b#f"); return err },
			"GetMany":             func() error { _, err := r.GetAll(ctx, "b"); return err },
			"GetVersion":          func() error { _, err := r.GetVersion(ctx, "a", "1"); return err },
			"Preload":             func() error { return r.Preload(ctx, "a") },
			"Refresh":             func() error { return r.Refresh(ctx, "a") },
			"Watch":               func() error { _, err := r.Watch(ctx, "a"); return err },
			"OnRotate":            func() error { _, err := r.Store.OnRotate("a", new(told).Call); return err },
			"Ready":               func() error { return r.Ready() },
			"Renew":               func() error { _, err := live.Renew(ctx, live.Current()); return err },
			"the store's GetMany": func() error { _, err := r.Store.GetMany(ctx, []string{"a"}); return err },
			"List": func() error {
				for _, err := range r.List(ctx, "") {
					return err
				}
				return nil
			},
			"the package's GetMany": func() error { return getMany(ctx, r.Store, "a")[0].Err },
		} {
			err := call()
			var e *secretmux.Error
			if !errors.Is(err, secretmux.ErrClosed) || !errors.As(err, &e) || secretmux.ClassOf(err) == nil {
				t.Errorf("%s after Close: %v, want an *Error that is ErrClosed", what, err)
			}
		}
		r.Invalidate("a", "b")
		stop()
		live.Stop()
		wantLive(t, live, "1", "")
		if got := r.Status(); len(got) != 0 {
			t.Errorf("Status after Close has %d secrets", len(got))
		}
		_ = r.String()
		r.WantCalls(0)
		if n := r.Backend.Closes.Load(); n != 1 {
			t.Errorf("the provider was closed %d times, want once", n)
		}
	})
}

func TestStoreCloseReportsTheProvidersError(t *testing.T) {
	broken := errors.New("could not log out")
	s, err := secretmux.New(&closer{Provider: memory.New(nil), err: broken}, secretmux.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := s.Close(); !errors.Is(err, broken) {
			t.Errorf("Close = %v, want the provider's error", err)
		}
	}
}

type closer struct {
	secretmux.Provider
	err error
}

func (c *closer) Close() error { return c.err }

func TestStoreCloseEndsWhatIsUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, secretmux.Options{TTL: time.Minute}, map[string]string{"a": "1", "b": "2"})
		r.LiveOf("b")
		r.Want("b", "2")
		r.Faults.Inject(faults.Always(faults.Step{Hang: true}))
		r.Pass(58 * time.Second) // b's refresh hangs too
		var wg sync.WaitGroup
		for range 10 {
			wg.Go(func() {
				if _, err := r.Get(context.Background(), "a"); !errors.Is(err, secretmux.ErrClosed) {
					t.Errorf("a Get under way failed with %v, want ErrClosed", err)
				}
			})
		}
		wg.Go(func() {
			if err := r.Refresh(context.Background(), "a"); !errors.Is(err, secretmux.ErrClosed) {
				t.Errorf("a Refresh under way failed with %v, want ErrClosed", err)
			}
		})
		synctest.Wait()
		start := time.Now()
		for range 3 {
			wg.Go(func() {
				if err := r.Close(); err != nil {
					t.Errorf("Close: %v", err)
				}
			})
		}
		wg.Wait()
		if took := time.Since(start); took > 0 {
			t.Errorf("Close took %v", took)
		}
		if n := r.Backend.Closes.Load(); n != 1 {
			t.Errorf("the provider was closed %d times, want once", n)
		}
	})
}

// A callback that runs on does not hold Close up. Shutdown waits for it, as long as
// its ctx lets it.
func TestStoreCloseDoesNotWaitForCallbacks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, secretmux.Options{Timeout: 5 * time.Second}, map[string]string{"a": "1"})
		release := make(chan struct{})
		r.OnRotate("a", func(context.Context, secretmux.Rotation) error { <-release; return nil })
		synctest.Wait()
		r.Set("a", "2")
		start := time.Now()
		if err := r.Close(); err != nil {
			t.Errorf("Close = %v", err)
		}
		if took := time.Since(start); took != 0 {
			t.Errorf("Close took %v", took)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		var e *secretmux.Error
		if err := r.Shutdown(ctx); !errors.As(err, &e) || e.Hint == "" || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("Shutdown = %v, want an *Error that says what to do, and why it gave up", err)
		}
		if took := time.Since(start); took != time.Minute {
			t.Errorf("Shutdown took %v, want its ctx's minute", took)
		}
		close(release)
		if err := r.Shutdown(t.Context()); err != nil {
			t.Errorf("Shutdown once the callback has ended: %v", err)
		}
		if n := r.Backend.Closes.Load(); n != 1 {
			t.Errorf("the provider was closed %d times, want once", n)
		}
	})
}

// Not in a bubble: synctest would wait for what leaks instead of counting it.
func TestStoreOpenAndCloseLeaveNoGoroutine(t *testing.T) {
	m := memory.New(map[string]string{"a": "1", "b": "2"})
	before := runtime.NumGoroutine()
	for range 1000 {
		s, err := secretmux.Open(t.Context(), "memory:", m.Backend())
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Preload(t.Context(), "a", "b"); err != nil {
			t.Fatal(err)
		}
		s.OnRotate("a", new(told).Call)
		if _, err := s.Watch(t.Context(), "b"); err != nil {
			t.Fatal(err)
		}
		m.Set("a", "x")
		if err := s.Refresh(t.Context(), "a"); err != nil {
			t.Fatal(err)
		}
		if err := s.Close(); err != nil {
			t.Fatal(err)
		}
	}
	// A goroutine that is done may take a moment to be gone.
	deadline := time.After(10 * time.Second)
	for runtime.NumGoroutine() > before {
		select {
		case <-deadline:
			t.Fatalf("%d goroutines, and %d before", runtime.NumGoroutine(), before)
		default:
			runtime.Gosched()
		}
	}
}

// A store that nobody reads and that watches nothing has no goroutine and no timer:
// in the bubble, a year passes without a call or an event.
func TestStoreIdleSecretsCostNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, secretmux.Options{TTL: time.Minute, MaxStale: time.Hour}, map[string]string{"a": "1", "b": "2"})
		before := runtime.NumGoroutine()
		if err := r.Preload(t.Context(), "a", "b"); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if n := runtime.NumGoroutine(); n > before {
			t.Errorf("%d goroutines while idle, and %d before", n, before)
		}
		for _, st := range r.Status() {
			if !st.NextRefresh.IsZero() {
				t.Errorf("%s has a planned read at %v though it is not read", st.Ref, st.NextRefresh)
			}
		}
		r.WantCalls(1)
		r.Want("a", "1") // read once, and then no more
		r.Want("a", "1")
		r.Pass(365 * 24 * time.Hour)
		if n := r.Backend.Calls.Load(); n > 2 {
			t.Errorf("%d calls for a secret that was read in the first minute of a year, want at most 2", n)
		}
	})
}

// A list of a closed store is not empty but an error, and begins no call.
func TestStoreListAfterClose(t *testing.T) {
	empty := has("empty:")
	s := must(secretmux.New(empty, secretmux.Options{}))
	_ = s.Close()
	var got []error
	for _, err := range s.List(t.Context(), "") {
		got = append(got, err)
	}
	if len(got) != 1 || !errors.Is(got[0], secretmux.ErrClosed) || empty.Lists.Load() != 0 {
		t.Errorf("List yields %v after %d calls", got, empty.Lists.Load())
	}
}
