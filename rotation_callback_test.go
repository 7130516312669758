package secretmux_test

import (
	"context"
	"errors"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
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
				r := newRig(t, secretmux.Options{TTL: time.Hour}, map[string]string{"a": "1"})
				var told told
				var broken atomic.Bool
				broken.Store(true)
				r.OnRotate("a", func(ctx context.Context, rot secretmux.Rotation) error {
					_ = told.call(ctx, rot)
					if broken.Load() {
						return failure()
					}
					return nil
				})
				synctest.Wait()
				r.set("a", "2")
				told.want(t, "1>2")
				wantCallbackError(t, r, name)

				r.set("a", "3")
				told.want(t, "1>2") // it waits for its turn
				broken.Store(false)
				r.pass(time.Minute)
				told.want(t, "1>2", "1>3")
				if st := r.status("a"); len(st.Callbacks) != 0 {
					t.Errorf("Status.Callbacks = %v after success", st.Callbacks)
				}
				if err := r.Check(t.Context()); err != nil {
					t.Errorf("Check after success: %v", err)
				}
				r.set("a", "4")
				told.want(t, "1>2", "1>3", "3>4")
			})
		})
	}
}

// set changes a secret and lets the store know at once.
func (r *rig) set(name, value string) {
	r.t.Helper()
	r.memory.Set(name, value)
	if err := r.Refresh(r.t.Context(), name); err != nil {
		r.t.Error(err)
	}
	synctest.Wait()
}

func wantCallbackError(t *testing.T, r *rig, kind string) {
	t.Helper()
	st := r.status("a")
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
	events := r.events.take(secretmux.EventCallback)
	if len(events) != 1 || events[0].Ref != "a" || !events[0].Failed || events[0].Attempt != 1 {
		t.Errorf("callback events are %+v, want one", events)
	}
	retries := r.events.take(secretmux.EventRetry)
	if len(retries) != 1 || retries[0].Delay <= 0 || retries[0].Delay > time.Minute {
		t.Errorf("retry events are %+v, want one with a delay", retries)
	}
}

// A change that is undone before the callback could be told is not reported.
func TestOnRotateThatFailsForgetsAChangeThatWasUndone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, secretmux.Options{TTL: time.Hour}, map[string]string{"a": "1"})
		var told told
		r.OnRotate("a", func(ctx context.Context, rot secretmux.Rotation) error {
			_ = told.call(ctx, rot)
			return errPool
		})
		synctest.Wait()
		r.set("a", "2")
		r.set("a", "1")
		r.pass(time.Minute)
		told.want(t, "1>2")
		if st := r.status("a"); len(st.Callbacks) != 0 {
			t.Errorf("Status.Callbacks = %v, want none", st.Callbacks)
		}
	})
}

func TestOnRotateThatBlocksDelaysNobodyElse(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, secretmux.Options{TTL: time.Minute}, map[string]string{"a": "1", "b": "1"})
		release := make(chan struct{})
		var slow, other told
		r.OnRotate("a", func(ctx context.Context, rot secretmux.Rotation) error {
			<-release
			return slow.call(ctx, rot)
		})
		r.OnRotate("b", other.call)
		synctest.Wait()
		for _, value := range []string{"2", "3", "4"} {
			r.set("a", value)
			start := time.Now()
			r.want("a", value)
			if waited := time.Since(start); waited > 0 {
				t.Errorf("a reader waited %v for a callback", waited)
			}
		}
		r.set("b", "2")
		other.want(t, "1>2")
		slow.want(t)
		close(release)
		synctest.Wait()
		slow.want(t, "1>2", "2>3", "3>4")
	})
}

// Calls for one reference run one at a time.
func TestOnRotateRunsOneAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, secretmux.Options{TTL: time.Hour}, map[string]string{"a": "0"})
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
			r.set("a", value)
		}
		r.pass(time.Minute)
		if most.Load() != 1 {
			t.Errorf("%d callbacks of one reference ran together, want 1", most.Load())
		}
	})
}

func TestOnRotateMayUseTheStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, secretmux.Options{TTL: time.Hour}, map[string]string{"a": "1", "b": "x"})
		var calls told
		var stop func()
		stop = r.OnRotate("a", func(ctx context.Context, rot secretmux.Rotation) error {
			r.want("a", rot.New.Reveal())
			r.want("b", "x")
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
			r.OnRotate("b", calls.call)
			stop()
			return calls.call(ctx, rot)
		})
		synctest.Wait()
		r.set("a", "2")
		r.set("a", "3")
		calls.want(t, "1>2") // it stopped itself
		r.set("b", "y")
		calls.want(t, "1>2", "x>y")
	})
}

func TestOnRotateMayCloseTheStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, secretmux.Options{TTL: time.Minute}, map[string]string{"a": "1"})
		var calls told
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
			return calls.call(ctx, rot)
		})
		synctest.Wait()
		r.memory.Set("a", "2")
		r.pass(2 * time.Minute)
		calls.want(t, "1>2")
		if n := r.backend.closes.Load(); n != 1 {
			t.Errorf("the provider was closed %d times, want once", n)
		}
	})
}

func TestOnRotateThatCanNotWorkIsAnError(t *testing.T) {
	r := newRig(t, secretmux.Options{}, map[string]string{"a": "1"})
	for _, tt := range []struct {
		ref string
		fn  func(context.Context, secretmux.Rotation) error
	}{{"a", nil}, {"../canary", new(told).call}, {"", new(told).call}, {"a#", new(told).call}} {
		stop, err := r.Store.OnRotate(tt.ref, tt.fn)
		if !errors.Is(err, secretmux.ErrInvalid) || errorTreeHolds(err, "canary") || stop != nil {
			t.Errorf("OnRotate(%q) = %v, want ErrInvalid that quotes nothing", tt.ref, err)
		}
	}
	if err := r.Check(t.Context()); err != nil || len(r.Status()) != 0 {
		t.Errorf("they left something behind: %v, %v", err, r.Status())
	}
}
