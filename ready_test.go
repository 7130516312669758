package secretmux_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
)

// What a readiness probe and what a deep check say, state by state.
func TestReadyAndCheck(t *testing.T) {
	watch := func(t *testing.T, r *rig) { must(r.Watch(t.Context(), "a")) }
	onRotate := func(_ *testing.T, r *rig) { r.OnRotate("a", new(told).Call); synctest.Wait() }
	down := func(_ *testing.T, r *rig) { r.Fail(secretmux.ErrUnavailable); r.Pass(3 * time.Minute) }
	for name, tt := range map[string]struct {
		stale  time.Duration
		absent bool
		steps  []func(*testing.T, *rig)
		ready  error
		check  error
	}{
		"nothing is watched":                 {steps: nil},
		"all is well":                        {steps: []func(*testing.T, *rig){watch}},
		"backend down, stale allowed":        {stale: time.Hour, steps: []func(*testing.T, *rig){watch, down}, check: secretmux.ErrUnavailable},
		"backend down, the value ended":      {steps: []func(*testing.T, *rig){watch, down}, ready: secretmux.ErrUnavailable, check: secretmux.ErrUnavailable},
		"only OnRotate, and absent":          {absent: true, steps: []func(*testing.T, *rig){onRotate}},
		"only OnRotate, the value ended":     {steps: []func(*testing.T, *rig){onRotate, down}, ready: secretmux.ErrUnavailable, check: secretmux.ErrUnavailable},
		"a Live that was revoked":            {steps: []func(*testing.T, *rig){watch, revoke(secretmux.ErrDenied)}, ready: secretmux.ErrDenied, check: secretmux.ErrDenied},
		"a Live that was deleted":            {steps: []func(*testing.T, *rig){watch, revoke(secretmux.ErrNotFound)}, ready: secretmux.ErrNotFound, check: secretmux.ErrNotFound},
		"only OnRotate, deleted":             {steps: []func(*testing.T, *rig){onRotate, revoke(secretmux.ErrNotFound)}},
		"only OnRotate, revoked":             {steps: []func(*testing.T, *rig){onRotate, revoke(secretmux.ErrDenied)}, ready: secretmux.ErrDenied, check: secretmux.ErrDenied},
		"unwatched and down":                 {steps: []func(*testing.T, *rig){func(_ *testing.T, r *rig) { r.Want("a", "1") }, down}},
		"preloaded, then down and unwatched": {steps: []func(*testing.T, *rig){func(t *testing.T, r *rig) { _ = r.Preload(t.Context(), "a") }, down}},
		"a Preload failed":                   {absent: true, steps: []func(*testing.T, *rig){func(t *testing.T, r *rig) { _ = r.Preload(t.Context(), "a") }}, ready: secretmux.ErrNotFound, check: secretmux.ErrNotFound},
		"closed":                             {steps: []func(*testing.T, *rig){watch, func(_ *testing.T, r *rig) { _ = r.Close() }}, ready: secretmux.ErrClosed, check: secretmux.ErrClosed},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				secrets := map[string]string{"a": "1"}
				if tt.absent {
					secrets = nil
				}
				r := newRig(t, secretmux.Options{TTL: time.Minute, MaxStale: tt.stale}, secrets)
				for _, step := range tt.steps {
					step(t, r)
				}
				calls := r.Backend.Calls.Load()
				if err := r.Ready(); !errors.Is(err, tt.ready) || (tt.ready == nil) != (err == nil) {
					t.Errorf("Ready = %v, want %v", err, tt.ready)
				}
				if r.Backend.Calls.Load() != calls {
					t.Error("Ready asked the backend")
				}
				r.Faults.Heal() // what the store itself has to tell
				if err := r.Check(t.Context()); !errors.Is(err, tt.check) || (tt.check == nil) != (err == nil) {
					t.Errorf("Check = %v, want %v", err, tt.check)
				}
			})
		})
	}
}

func revoke(class error) func(*testing.T, *rig) {
	return func(_ *testing.T, r *rig) { r.Fail(class); r.Pass(2 * time.Minute) }
}

// Before its first read has ended nobody can say whether a watched name is there.
func TestNotReadyBeforeTheFirstRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &delayed{Backend: has("", "a", "1"), Delays: map[string]time.Duration{"a": 3 * time.Second}}
		s := must(secretmux.New(plainDelayed{d}, secretmux.Options{}))
		defer func() { _ = s.Close() }()
		must(s.OnRotate("a", new(told).Call))
		time.Sleep(time.Second)
		if err := s.Ready(); !errors.Is(err, secretmux.ErrUnavailable) {
			t.Errorf("Ready during the first read = %v", err)
		}
		time.Sleep(3 * time.Second)
		if err := s.Ready(); err != nil {
			t.Errorf("Ready after it = %v", err)
		}
	})
}

// A field that a watched secret has lost.
func TestReadyOfAField(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, secretmux.Options{}, map[string]string{"db": document})
		live := must(r.Watch(t.Context(), "db#user"))
		r.Set("db", `{"pass":"x"}`)
		if err := r.Ready(); !errors.Is(err, secretmux.ErrFieldNotFound) {
			t.Errorf("Ready = %v, want that the field is gone", err)
		}
		if st, _ := r.StatusOf("db"); len(st.Fields) != 1 {
			t.Errorf("Status.Fields is %v", st.Fields)
		}
		live.Stop()
		r.OnRotate("db#user", func(context.Context, secretmux.Rotation) error { return nil })
		if err := r.Ready(); err != nil {
			t.Errorf("Ready with only a callback = %v, want nil: absence is a state there", err)
		}
	})
}
