package secretmux_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/testing/faults"
)

func TestStatusFieldByField(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, secretmux.Options{TTL: 100 * time.Second, Jitter: -1}, nil)
		expires := time.Now().Add(time.Hour)
		r.Memory.Put("db", []byte(document), secretmux.Meta{Version: "v7", Expires: expires})
		r.Want("db#user", "ann")
		began := time.Now()
		r.Pass(5 * time.Second)
		st := r.StateOf("db")
		if st.Ref != "db" || st.Source != "test:" || st.Version != "v7" {
			t.Errorf("Status names %q %q %q, want db, test: and v7", st.Ref, st.Source, st.Version)
		}
		if st.Age != 5*time.Second || !st.LastSuccess.Equal(began) || !st.Expires.Equal(expires) || st.Expired {
			t.Errorf("Status has age %v, last success %v, expires %v, expired %t", st.Age, st.LastSuccess, st.Expires, st.Expired)
		}
		if !st.Served || st.Stale || st.Refused || st.Watched || st.Failures != 0 || st.Err != nil || len(st.Callbacks) != 0 {
			t.Errorf("Status is %+v, want a served one without trouble", st)
		}
		if !st.NextRefresh.IsZero() {
			t.Errorf("NextRefresh = %v before a second read, want none", st.NextRefresh)
		}

		r.Want("db#user", "ann")
		if next := r.StateOf("db").NextRefresh; !next.Equal(began.Add(90 * time.Second)) {
			t.Errorf("NextRefresh = %v, want 90s after the read", next)
		}
		live := r.LiveOf("db#pass")
		if !r.StateOf("db").Watched {
			t.Error("a secret whose field is watched does not count as watched")
		}
		live.Stop()
		if r.StateOf("db").Watched {
			t.Error("Watched is left after Stop")
		}
	})
}

func TestStatusOfFailures(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, secretmux.Options{TTL: 100 * time.Second, Jitter: -1}, map[string]string{"a": "1"})
		r.LiveOf("a")
		success := time.Now()
		r.Fail(secretmux.ErrUnavailable)
		r.Pass(99 * time.Second)
		st := r.StateOf("a")
		if !st.Expires.IsZero() || st.Expired {
			t.Errorf("Status has expires %v, expired %t; want neither where the backend says nothing", st.Expires, st.Expired)
		}
		if st.Failures < 2 || st.Failures > 6 || !errors.Is(st.Err, secretmux.ErrUnavailable) || !st.Served || st.Stale {
			t.Errorf("Status is %+v, want 2 to 6 failures in 9s and the value served", st)
		}
		if !st.LastSuccess.Equal(success) || st.Age != 99*time.Second {
			t.Errorf("LastSuccess = %v, Age = %v; want those of the first read", st.LastSuccess, st.Age)
		}
		r.Faults.Heal()
		r.Pass(time.Minute)
		if st := r.StateOf("a"); st.Failures != 0 || st.Err != nil || !st.LastSuccess.After(success) {
			t.Errorf("Status is %+v after success", st)
		}
	})
}

func TestStatusIsSortedAndHoldsNoValue(t *testing.T) {
	r := newRig(t, secretmux.Options{}, map[string]string{"b": "canary", "a": "canary", "c/d": `{"f":"canary"}`})
	if err := r.Preload(t.Context(), "b", "c/d#f", "a", "a?version=1"); err != nil {
		t.Fatal(err)
	}
	r.WantErr("absent", secretmux.ErrNotFound)
	var refs []string
	for _, st := range r.Status() {
		refs = append(refs, st.Ref)
	}
	if want := []string{"a", "a?version=1", "absent", "b", "c/d"}; !slices.Equal(refs, want) {
		t.Errorf("Status has %q, want %q", refs, want)
	}
	if text := fmt.Sprintf("%+v %#v", r.Status(), r.Status()); strings.Contains(text, "canary") {
		t.Errorf("Status prints a value: %s", text)
	}
	if st := r.StateOf("absent"); st.Served || !errors.Is(st.Err, secretmux.ErrNotFound) || st.Version != "" || st.Failures != 1 {
		t.Errorf("Status of an absent secret is %+v", st)
	}
}

func TestCheckOfTheBackend(t *testing.T) {
	r := newRig(t, secretmux.Options{}, map[string]string{"a": "1"})
	if err := r.Check(t.Context()); err != nil {
		t.Errorf("Check of an empty store: %v", err)
	}
	r.Want("a", "1")
	r.WantErr("absent", secretmux.ErrNotFound) // nobody watches it
	if err := r.Check(t.Context()); err != nil {
		t.Errorf("Check: %v", err)
	}
	r.Backend.Calls.Store(0)
	r.Faults.Inject(faults.Rule{Ops: []faults.Op{faults.OpCheck}, Steps: []faults.Step{{Err: secretmux.ErrUnauthenticated}}})
	if err := r.Check(t.Context()); !errors.Is(err, secretmux.ErrUnauthenticated) {
		t.Errorf("Check = %v, want ErrUnauthenticated", err)
	}
	r.WantCalls(0)
	if n := r.Memory.Reads("a"); n != 1 {
		t.Errorf("Check read a secret")
	}
}

// The absence of an optional secret is not a failure: an optional setting has a
// callback and no Live. Status tells.
func TestAWatchedSecretThatIsAbsentIsAState(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, secretmux.Options{}, nil)
		stop := r.OnRotate("absent", new(told).Call)
		synctest.Wait()
		if err := errors.Join(r.Check(t.Context()), r.Ready()); err != nil {
			t.Errorf("Check and Ready = %v, want nil", err)
		}
		if st, ok := r.StatusOf("absent#field"); !ok || !errors.Is(st.Err, secretmux.ErrNotFound) || st.Live {
			t.Errorf("StatusOf = %+v, %t", st, ok)
		}
		stop()
		if err := r.Check(t.Context()); err != nil {
			t.Errorf("Check after stop: %v", err)
		}
	})
}

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
