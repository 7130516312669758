package rotation_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/internal/tests/rigs"
	"github.com/secretmux/secretmux/testing/conformance"
)

var errPool = errors.New("could not rebuild the pool with canary")

func TestOnRotateThatFailsIsCalledAgainWithTheCurrentValue(t *testing.T) {
	failures := map[string]func() error{
		"error": func() error { return errPool },
		"panic": func() error { panic("canary") },
	}
	for name, failure := range failures {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				r := rigs.New(t, secretmux.Options{TTL: time.Hour}, map[string]string{"a": "1"})
				var told rigs.Told
				var broken atomic.Bool
				broken.Store(true)
				r.OnRotate("a", func(ctx context.Context, rot secretmux.Rotation) error {
					_ = told.Call(ctx, rot)
					if broken.Load() {
						return failure()
					}
					return nil
				})
				synctest.Wait()
				r.Set("a", "2")
				told.Want(t, "1>2")
				wantCallbackError(t, r, name)

				r.Set("a", "3")
				told.Want(t, "1>2") // it waits for its turn
				broken.Store(false)
				r.Pass(time.Minute)
				told.Want(t, "1>2", "1>3")
				if st := r.StateOf("a"); len(st.Callbacks) != 0 {
					t.Errorf("Status.Callbacks = %v after success", st.Callbacks)
				}
				if err := r.Check(t.Context()); err != nil {
					t.Errorf("Check after success: %v", err)
				}
				r.Set("a", "4")
				told.Want(t, "1>2", "1>3", "3>4")
			})
		})
	}
}

func wantCallbackError(t *testing.T, r *rigs.Rig, kind string) {
	t.Helper()
	st := r.StateOf("a")
	if len(st.Callbacks) != 1 || st.Err != nil || st.Failures != 0 || !st.Watched {
		t.Fatalf("Status is %+v, want one callback error and no failed read", st)
	}
	check := r.Check(t.Context())
	for _, err := range []error{st.Callbacks[0], check} {
		var e *secretmux.Error
		if !errors.As(err, &e) || e.Name != "a" || strings.Contains(err.Error(), "canary") {
			t.Errorf("the callback's error is %v, want an *Error about a that does not quote it", err)
			continue
		}
		if kind == "error" && !errors.Is(err, errPool) {
			t.Errorf("%v does not unwrap to what the callback returned", err)
		}
		if kind == "panic" && !strings.Contains(err.Error(), "panicked") {
			t.Errorf("%v does not tell of the panic", err)
		}
	}
	events := r.Events.Take(secretmux.EventCallback)
	if len(events) != 1 || events[0].Ref != "a" || !events[0].Failed || events[0].Attempt != 1 {
		t.Errorf("callback events are %+v, want one", events)
	}
	retries := r.Events.Take(secretmux.EventRetry)
	if len(retries) != 1 || retries[0].Delay <= 0 || retries[0].Delay > time.Minute {
		t.Errorf("retry events are %+v, want one with a delay", retries)
	}
}

// A change that is undone before the callback could be told is not reported.
func TestOnRotateThatFailsForgetsAChangeThatWasUndone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := rigs.New(t, secretmux.Options{TTL: time.Hour}, map[string]string{"a": "1"})
		var told rigs.Told
		r.OnRotate("a", func(ctx context.Context, rot secretmux.Rotation) error {
			_ = told.Call(ctx, rot)
			return errPool
		})
		synctest.Wait()
		r.Set("a", "2")
		r.Set("a", "1")
		r.Pass(time.Minute)
		told.Want(t, "1>2")
		if st := r.StateOf("a"); len(st.Callbacks) != 0 {
			t.Errorf("Status.Callbacks = %v, want none", st.Callbacks)
		}
	})
}

func TestOnRotateThatBlocksDelaysNobodyElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := rigs.New(t, secretmux.Options{TTL: time.Minute}, map[string]string{"a": "1", "b": "1"})
		release := make(chan struct{})
		var slow, other rigs.Told
		r.OnRotate("a", func(ctx context.Context, rot secretmux.Rotation) error {
			<-release
			return slow.Call(ctx, rot)
		})
		r.OnRotate("b", other.Call)
		synctest.Wait()
		for _, value := range []string{"2", "3", "4"} {
			r.Set("a", value)
			start := time.Now()
			r.Want("a", value)
			if waited := time.Since(start); waited > 0 {
				t.Errorf("a reader waited %v for a callback", waited)
			}
		}
		r.Set("b", "2")
		other.Want(t, "1>2")
		slow.Want(t)
		close(release)
		synctest.Wait()
		slow.Want(t, "1>2", "2>3", "3>4")
	})
}

// Calls for one reference run one at a time.
func TestOnRotateRunsOneAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := rigs.New(t, secretmux.Options{TTL: time.Hour}, map[string]string{"a": "0"})
		var running, most atomic.Int32
		for range 3 {
			r.OnRotate("a", func(context.Context, secretmux.Rotation) error {
				if n := running.Add(1); n > most.Load() {
					most.Store(n)
				}
				time.Sleep(time.Second)
				running.Add(-1)
				return nil
			})
		}
		synctest.Wait()
		for _, value := range []string{"1", "2", "3"} {
			r.Set("a", value)
		}
		r.Pass(time.Minute)
		if most.Load() != 1 {
			t.Errorf("%d callbacks of one reference ran together, want 1", most.Load())
		}
	})
}

func TestOnRotateMayUseTheStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := rigs.New(t, secretmux.Options{TTL: time.Hour}, map[string]string{"a": "1", "b": "x"})
		var calls rigs.Told
		var stop func()
		stop = r.OnRotate("a", func(ctx context.Context, rot secretmux.Rotation) error {
			r.Want("a", rot.New.Reveal())
			r.Want("b", "x")
			if err := r.Refresh(ctx, "a", "b"); err != nil {
				t.Error(err)
			}
			r.Invalidate("a", "b")
			if live, err := r.Watch(ctx, "b"); err != nil || live.Current().Reveal() != "x" {
				t.Errorf("Watch in a callback: %v", err)
			}
			if len(r.Status()) != 2 || r.Check(ctx) != nil {
				t.Error("Status or Check failed in a callback", r.Status(), r.Check(ctx))
			}
			r.OnRotate("b", calls.Call)
			stop()
			return calls.Call(ctx, rot)
		})
		synctest.Wait()
		r.Set("a", "2")
		r.Set("a", "3")
		calls.Want(t, "1>2") // it stopped itself
		r.Set("b", "y")
		calls.Want(t, "1>2", "x>y")
	})
}

func TestOnRotateMayCloseTheStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := rigs.New(t, secretmux.Options{TTL: time.Minute}, map[string]string{"a": "1"})
		var calls rigs.Told
		r.OnRotate("a", func(ctx context.Context, rot secretmux.Rotation) error {
			if err := r.Close(); err != nil {
				t.Errorf("Close in a callback: %v", err)
			}
			if ctx.Err() == nil {
				t.Error("the callback's context goes on after Close")
			}
			_, err := r.Get(context.Background(), "a")
			if !errors.Is(err, secretmux.ErrClosed) {
				t.Errorf("Get after Close in a callback: %v", err)
			}
			return calls.Call(ctx, rot)
		})
		synctest.Wait()
		r.Memory.Set("a", "2")
		r.Pass(2 * time.Minute)
		calls.Want(t, "1>2")
		if n := r.Backend.Closes.Load(); n != 1 {
			t.Errorf("the provider was closed %d times, want once", n)
		}
	})
}

func TestOnRotateThatCanNotWorkIsAnError(t *testing.T) {
	r := rigs.New(t, secretmux.Options{}, map[string]string{"a": "1"})
	for _, tt := range []struct {
		ref string
		fn  func(context.Context, secretmux.Rotation) error
	}{{"a", nil}, {"../canary", new(rigs.Told).Call}, {"", new(rigs.Told).Call}, {"a#", new(rigs.Told).Call}} {
		stop, err := r.Store.OnRotate(tt.ref, tt.fn)
		if !errors.Is(err, secretmux.ErrInvalid) || stop != nil {
			t.Errorf("OnRotate(%q) = %v, want ErrInvalid", tt.ref, err)
		}
		conformance.NoLeak(t, err, "canary")
	}
	if err := r.Check(t.Context()); err != nil || len(r.Status()) != 0 {
		t.Errorf("they left something behind: %v, %v", err, r.Status())
	}
}
