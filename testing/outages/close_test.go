package outages_test

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
)

// A Close that never returns, one that panics, and calls that go on, all end.
func TestCloseIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDeaf("a", "1")
		d.hang("a")
		release := make(chan struct{})
		p := &slowClose{unbatched{d}, release}
		s := rigs.Must(secretmux.New(p, secretmux.Options{}))
		go func() { _, _ = s.Get(t.Context(), "a") }()
		synctest.Wait()
		start := time.Now()
		err := s.Close()
		if took := time.Since(start); took > 6*time.Second+100*time.Millisecond {
			t.Errorf("Close took %v, want at most 1 s for calls and 5 s for the provider", took)
		}
		if err == nil || !strings.Contains(err.Error(), "1 call(s)") || !strings.Contains(err.Error(), "Close still runs") {
			t.Errorf("Close = %v", err)
		}
		if again := s.Close(); again == nil || again.Error() != err.Error() {
			t.Errorf("a second Close = %v", again)
		}
		close(release)
		close(d.release)
	})
}

type slowClose struct {
	unbatched
	release chan struct{}
}

func (s *slowClose) Close() error { <-s.release; return nil }

// Close may be called from anywhere, also by a goroutine that a callback, Validate
// or an Observer waits for, and takes no more than a second.
func TestCloseFromAnywhere(t *testing.T) {
	for _, inGoroutine := range []bool{false, true} {
		for _, from := range []string{"callback", "validate", "observer"} {
			t.Run(from+map[bool]string{true: " by a goroutine"}[inGoroutine], func(t *testing.T) {
				synctest.Test(t, func(t *testing.T) {
					var (
						s     *secretmux.Store
						took  atomic.Int64
						calls atomic.Int64
					)
					closeIt := func() {
						if !calls.CompareAndSwap(0, 1) {
							return
						}
						start := time.Now()
						if inGoroutine {
							done := make(chan struct{})
							go func() { defer close(done); _ = s.Close() }()
							<-done
						} else {
							_ = s.Close()
						}
						took.Store(int64(time.Since(start)))
						calls.Store(2)
					}
					opts := secretmux.Options{}
					b := rigs.Has("x:", "a", "1")
					switch from {
					case "validate":
						opts.Validate = func(context.Context, secretmux.Rotation) error { closeIt(); return nil }
					case "observer":
						opts.Observer = func(e secretmux.Event) {
							if e.Kind == secretmux.EventRotation {
								closeIt()
							}
						}
					}
					s = rigs.Must(secretmux.New(rigs.Plain(b), opts))
					rigs.Must(s.OnRotate("a", func(context.Context, secretmux.Rotation) error {
						if from == "callback" {
							closeIt()
						}
						return nil
					}))
					rigs.WantSecret(t, "1")(s.Get(t.Context(), "a"))
					b.Values["a"] = "2"
					_ = s.Refresh(t.Context(), "a")
					synctest.Wait()
					time.Sleep(time.Minute)
					if calls.Load() != 2 {
						t.Fatal("Close did not return")
					}
					if d := time.Duration(took.Load()); d > time.Second {
						t.Errorf("Close took %v", d)
					}
					if err := s.Shutdown(t.Context()); err != nil {
						t.Errorf("Shutdown = %v", err)
					}
				})
			})
		}
	}
}

// Shutdown with a ctx that has ended returns its error, and leaks nothing once the
// callbacks end: synctest would tell.
func TestShutdownWithAnEndedContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := rigs.Has("x:", "a", "1")
		s := rigs.Must(secretmux.New(rigs.Plain(b), secretmux.Options{}))
		release := make(chan struct{})
		rigs.Must(s.OnRotate("a", func(context.Context, secretmux.Rotation) error { <-release; return nil }))
		rigs.WantSecret(t, "1")(s.Get(t.Context(), "a"))
		b.Values["a"] = "2"
		if err := s.Refresh(t.Context(), "a"); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := s.Shutdown(ctx); !errors.Is(err, context.Canceled) {
			t.Errorf("Shutdown = %v, want ctx's error", err)
		}
		close(release)
	})
}
