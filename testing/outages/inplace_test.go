package outages_test

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/internal/tests/rigs"
)

// A store with a single link makes the link's call in the goroutine of the load.

func TestAColdReadTakesOneGoroutine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answer := make(chan struct{})
		s := rigs.Must(secretmux.New(secretmux.ProviderFunc(func(context.Context, string) (secretmux.Secret, error) {
			<-answer
			return secretmux.NewSecret([]byte("x"), secretmux.Meta{}), nil
		}), secretmux.Options{}))
		defer func() { _ = s.Close() }()
		before := runtime.NumGoroutine()
		go func() { _, _ = s.Get(t.Context(), "a") }()
		synctest.Wait()
		if n := runtime.NumGoroutine() - before; n != 2 {
			t.Errorf("a read that waits has %d goroutines, want its own and the load's", n)
		}
		close(answer)
	})
}

// The link's own timeout holds even if the store has a longer one.
func TestALinkEndsBeforeItsStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDeaf("a", "x")
		d.hang("a")
		o := secretmux.Opener{Backends: []secretmux.Backend{rigs.Answers("deaf", unbatched{d}, nil)}, Options: secretmux.Options{Timeout: time.Minute}}
		s := rigs.Must(o.Open(t.Context(), "deaf:?timeout=1s"))
		defer func() { _ = s.Close() }()
		defer close(d.release)
		start := time.Now()
		_, err := s.Get(t.Context(), "a")
		if took := time.Since(start); took > 1200*time.Millisecond || !errors.Is(err, secretmux.ErrUnavailable) {
			t.Errorf("Get = %v after %v", err, took)
		}
	})
}

// A call that comes back after it was left behind counts for nothing: neither its
// success nor its failure says how the backend is now.
func TestALateAnswerSaysNothingOfTheBackend(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDeaf("late", "x")
		d.hang("late")
		s := rigs.Must(secretmux.Open(t.Context(), "deaf:?timeout=1s&retry=off", rigs.Answers("deaf", unbatched{d}, nil)))
		defer func() { _ = s.Close() }()
		if _, err := s.Get(t.Context(), "late"); !errors.Is(err, secretmux.ErrUnavailable) {
			t.Fatalf("Get of the one that hangs: %v", err)
		}
		if err := s.Check(t.Context()); err == nil {
			t.Error("Check is nil while a call hangs")
		}
		d.FailName = map[string]error{}
		for _, name := range []string{"1", "2", "3"} {
			d.FailName[name] = &secretmux.Error{Class: secretmux.ErrUnavailable}
			_, _ = s.Get(t.Context(), name)
		}
		close(d.release)
		synctest.Wait()
		if err := s.Check(t.Context()); err != nil {
			t.Errorf("Check after the call has returned: %v", err)
		}
		calls := d.Gets.Load()
		if _, err := s.Get(t.Context(), "4"); !errors.Is(err, secretmux.ErrUnavailable) || d.Gets.Load() != calls {
			t.Errorf("Get after three failures = %v with %d calls, want none: the gate is closed", err, d.Gets.Load()-calls)
		}
	})
}

// Load of a name whose provider panics or ends its goroutine fails, and the next one is
// called again.
func TestABrokenProviderLeavesNoCallBehind(t *testing.T) {
	for name, breaks := range map[string]func(){"panics": func() { panic("canary") }, "ends its goroutine": runtime.Goexit} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				calls := 0
				s := rigs.Must(secretmux.New(secretmux.ProviderFunc(func(context.Context, string) (secretmux.Secret, error) {
					if calls++; calls <= 20 { // more than may be left behind
						breaks()
					}
					return secretmux.NewSecret([]byte("x"), secretmux.Meta{}), nil
				}), secretmux.Options{}))
				defer func() { _ = s.Close() }()
				for range 20 {
					if _, err := s.Get(t.Context(), "a"); err == nil {
						t.Fatal("no error")
					}
					synctest.Wait()
				}
				rigs.WantSecret(t, "x")(s.Get(t.Context(), "a"))
			})
		})
	}
}
