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
	"github.com/secretmux/secretmux/testing/memory"
)

var errPing = errors.New("the database said no to canary")

// gate is an Options.Validate that a test opens and shuts.
type gate struct {
	rigs.Told
	verdict atomic.Value // func() error
}

func (g *gate) set(verdict func() error) { g.verdict.Store(verdict) }

func (g *gate) validate(ctx context.Context, r secretmux.Rotation) error {
	_ = g.Call(ctx, r)
	return g.verdict.Load().(func() error)()
}

func newGate() *gate {
	g := &gate{}
	g.set(func() error { return nil })
	return g
}

func TestValidateIsAskedAboutChangesAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		r := rigs.New(t, secretmux.Options{TTL: time.Minute, Validate: g.validate}, map[string]string{"db": `{"k":"1"}`})
		r.OnRotate("db#k", new(rigs.Told).Call)
		r.Pass(5 * time.Minute)
		g.Want(t)
		r.Memory.Set("db", `{"k":"1"}`)
		r.Pass(5 * time.Minute)
		g.Want(t)
		r.Memory.Set("db", `{"k":"2"}`)
		r.Pass(5 * time.Minute)
		g.Want(t, `{"k":"1"}>{"k":"2"}`)
	})
}

func TestValidateRefuses(t *testing.T) {
	refusals := map[string]func() error{
		"error": func() error { return errPing },
		"panic": func() error { panic("canary") },
	}
	for name, refusal := range refusals {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				g := newGate()
				r := rigs.New(t, secretmux.Options{TTL: 10 * time.Minute, Validate: g.validate}, map[string]string{"a": "1"})
				var told rigs.Told
				r.OnRotate("a", told.Call)
				r.Pass(time.Second)
				live, err := r.Watch(t.Context(), "a")
				if err != nil {
					t.Fatal(err)
				}
				g.set(refusal)
				r.Memory.Set("a", "2")
				wantRefused(t, r, name, r.Refresh(t.Context(), "a"))
				if live.Current().Reveal() != "1" {
					t.Error("Live shows a value that was refused")
				}

				r.Pass(30 * time.Minute) // tried again and again
				r.Want("a", "1")
				if n := r.StateOf("a").Failures; n < 20 || n > 60 {
					t.Errorf("%d attempts in 30 minutes, want 20 to 60: the back-off goes from 1s to 1m", n)
				}
				told.Want(t)

				g.set(func() error { return nil })
				r.Pass(time.Minute)
				r.Want("a", "2")
				told.Want(t, "1>2")
				if st := r.StateOf("a"); st.Refused || st.Failures != 0 || st.Err != nil || live.Current().Reveal() != "2" {
					t.Errorf("Status is %+v after the value was accepted", st)
				}
				if err := r.Check(t.Context()); err != nil {
					t.Errorf("Check after the value was accepted: %v", err)
				}
			})
		})
	}
}

func wantRefused(t *testing.T, r *rigs.Rig, kind string, refreshErr error) {
	t.Helper()
	r.Want("a", "1")
	st := r.StateOf("a")
	if !st.Refused || !st.Served || st.Stale || st.Failures != 1 || st.Version != "1" || st.NextRefresh.IsZero() {
		t.Errorf("Status is %+v, want version 1 served and a newer one refused", st)
	}
	for where, err := range map[string]error{"Refresh": refreshErr, "Status": st.Err, "Check": r.Check(t.Context())} {
		var e *secretmux.Error
		if !errors.Is(err, secretmux.ErrRefused) || !errors.As(err, &e) || e.Name != "a" || e.Hint == "" {
			t.Errorf("%s: %v, want an *Error about a that is ErrRefused", where, err)
			continue
		}
		if strings.Contains(err.Error(), "canary") {
			t.Errorf("%s quotes Validate's error: %v", where, err)
		}
		if kind == "error" && !errors.Is(err, errPing) {
			t.Errorf("%s: %v does not unwrap to Validate's error", where, err)
		}
	}
	events := r.Events.Take(secretmux.EventRefusal)
	if len(events) != 1 || events[0].Ref != "a" || !events[0].Failed || !errors.Is(events[0].Class, secretmux.ErrRefused) {
		t.Errorf("refusal events are %+v, want one", events)
	}
}

// The secret is not watched and not read for a while. The next reader still gets the
// old value, and not an error or the refused value.
func TestValidateRefusesWithoutWatchers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		r := rigs.New(t, secretmux.Options{TTL: time.Minute, Validate: g.validate}, map[string]string{"a": "1"})
		r.Want("a", "1")
		g.set(func() error { return errPing })
		r.Memory.Set("a", "2")
		for range 20 {
			r.Pass(20 * time.Second)
			r.Want("a", "1")
		}
		g.set(func() error { return nil })
		r.Pass(2 * time.Minute)
		r.Want("a", "2")
	})
}

// A denied value is not served again after its successor was refused.
func TestValidateRefusesAfterADenial(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := newGate()
		r := rigs.New(t, secretmux.Options{TTL: time.Minute, Validate: g.validate}, map[string]string{"a": "1"})
		live := r.LiveOf("a")
		r.Fail(secretmux.ErrDenied)
		r.Pass(2 * time.Minute)
		r.WantErr("a", secretmux.ErrDenied)
		g.set(func() error { return errPing })
		r.Memory.Set("a", "2")
		r.Faults.Heal()
		r.Pass(2 * time.Minute)
		r.WantErr("a", secretmux.ErrRefused)
		rigs.WantLive(t, live, "1", "")
		g.set(func() error { return nil })
		r.Pass(2 * time.Minute)
		r.Want("a", "2")
		rigs.WantLive(t, live, "2", "1")
	})
}

// The check of one secret must not delay readers of this secret or of another.
func TestValidateThatBlocks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hang := func(ctx context.Context, _ secretmux.Rotation) error {
			<-ctx.Done()
			return ctx.Err()
		}
		opts := secretmux.Options{TTL: time.Minute, Timeout: 5 * time.Second, Validate: hang}
		r := rigs.New(t, opts, map[string]string{"a": "1", "b": "1"})
		if err := r.Preload(t.Context(), "a", "b"); err != nil {
			t.Fatal(err)
		}
		r.Memory.Set("a", "2")
		start := time.Now()
		refreshed := make(chan error)
		go func() { refreshed <- r.Refresh(context.Background(), "a") }()
		synctest.Wait()
		r.Want("a", "1")
		r.Want("b", "1")
		if err := r.Refresh(t.Context(), "b"); err != nil || time.Since(start) > 0 {
			t.Errorf("Refresh of another secret took %v and failed with %v", time.Since(start), err)
		}
		err := <-refreshed
		if !errors.Is(err, secretmux.ErrRefused) {
			t.Errorf("Refresh failed with %v, want ErrRefused", err)
		}
		if took := time.Since(start); took != 5*time.Second {
			t.Errorf("Validate was given %v, want as long as a load", took)
		}
	})
}

func TestValidateMayUseAndCloseTheStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var r *rigs.Rig
		asked := 0
		r = rigs.New(t, secretmux.Options{TTL: time.Minute, Validate: func(ctx context.Context, rot secretmux.Rotation) error {
			asked++
			r.Want("a", "1")
			if err := r.Refresh(ctx, "b"); err != nil {
				t.Error(err)
			}
			if err := r.Close(); err != nil {
				t.Errorf("Close in Validate: %v", err)
			}
			return nil
		}}, map[string]string{"a": "1", "b": "x"})
		r.OnRotate("a", new(rigs.Told).Call)
		synctest.Wait()
		r.Memory.Set("a", "2")
		r.Pass(2 * time.Minute)
		r.WantErr("a", secretmux.ErrClosed)
		if asked != 1 {
			t.Errorf("Validate was asked %d times, want once", asked)
		}
	})
}

// A refusal is not an absence, even if Validate found an absent secret.
func TestARefusalIsNotWhatValidateCameUpon(t *testing.T) {
	for _, found := range []error{secretmux.ErrNotFound, secretmux.ErrDenied, secretmux.ErrUnavailable, &secretmux.Error{Class: secretmux.ErrNotFound}} {
		m := memory.New(map[string]string{"a": "1"})
		s, err := secretmux.New(m, secretmux.Options{Validate: func(context.Context, secretmux.Rotation) error { return found }})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := s.Get(t.Context(), "a"); err != nil {
			t.Fatal(err)
		}
		m.Set("a", "2")
		if err := s.Refresh(t.Context(), "a"); !errors.Is(err, secretmux.ErrRefused) || errors.Is(err, secretmux.ClassOf(found)) {
			t.Errorf("Refresh = %v, which is %v", err, secretmux.ClassOf(found))
		}
		_ = s.Close()
	}
}
