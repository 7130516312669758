package secretmux_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/testing/faults"
)

// staleRigs runs a test with a TTL of a minute and a MaxStale of an hour, from
// each place that can set them.
func staleRigs(t *testing.T, run func(t *testing.T, r *rig)) {
	t.Helper()
	secrets := map[string]string{"a": "1", "b": "2"}
	t.Run("Options.MaxStale", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			run(t, newRig(t, secretmux.Options{TTL: time.Minute, MaxStale: time.Hour}, secrets))
		})
	})
	t.Run("stale= before Options.MaxStale", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t, secretmux.Options{}, secrets)
			r.reopen("memory:?ttl=1m&stale=1h", secretmux.Options{TTL: time.Second, MaxStale: time.Second})
			run(t, r)
		})
	})
}

// reopen replaces the store by one that is opened from a config string.
func (r *rig) reopen(config string, opts secretmux.Options) {
	r.t.Helper()
	opts.Observer = r.events.add
	o := secretmux.Opener{Backends: []secretmux.Backend{r.faults.Backend(r.memory.Backend())}, Options: opts}
	s, err := o.Open(r.t.Context(), config)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() { _ = s.Close() })
	r.Store = s
}

func TestStoreBackendDown(t *testing.T) {
	for _, class := range []error{secretmux.ErrUnavailable, secretmux.ErrThrottled} {
		t.Run(class.Error(), func(t *testing.T) {
			staleRigs(t, func(t *testing.T, r *rig) {
				r.want("a", "1")
				r.pass(30 * time.Second)
				r.want("a", "1") // in use
				r.fail(class)
				r.pass(29 * time.Second)
				if st := r.status("a"); st.Stale || !st.Served {
					t.Errorf("within the TTL Status is %+v", st)
				}
				r.pass(2 * time.Second) // past the TTL
				r.want("a", "1")
				wantStale(t, r, class)

				r.pass(58 * time.Minute)
				r.want("a", "1")
				r.pass(2 * time.Minute) // past MaxStale
				r.wantErr("a", class)
				if got := r.Status(); len(got) != 0 {
					t.Errorf("past MaxStale Status is %+v, want nothing kept", got)
				}

				r.faults.Heal()
				r.pass(2 * time.Minute)
				r.want("a", "1")
				if err := r.Check(t.Context()); err != nil {
					t.Errorf("Check of a backend that came back: %v", err)
				}
			})
		})
	}
}

func wantStale(t *testing.T, r *rig, class error) {
	t.Helper()
	st := r.status("a")
	if !st.Stale || !st.Served || st.Failures == 0 || !errors.Is(st.Err, class) || st.NextRefresh.IsZero() || st.Age < time.Minute {
		t.Errorf("past the TTL Status is %+v, want it served, stale, and tried again", st)
	}
	r.faults.Heal() // Check's own call works; what it tells of is the store's
	err := r.Check(t.Context())
	r.fail(class)
	var e *secretmux.Error
	if !errors.Is(err, class) || !errors.As(err, &e) || e.Name != "a" {
		t.Errorf("Check = %v, want %v about a", err, class)
	}
	events := r.events.take(secretmux.EventStale)
	if len(events) != 1 || events[0].Ref != "a" || !errors.Is(events[0].Class, class) || events[0].Source == "" {
		t.Errorf("stale events are %+v, want one", events)
	}
}

// Failures that say nothing about an outage never make a value stale, and those
// that say that it is gone drop it at once, from the hit path too.
func TestStoreFailuresThatEndAValue(t *testing.T) {
	tests := []struct {
		class error
		gone  bool
	}{
		{secretmux.ErrDenied, true},
		{secretmux.ErrDisabled, true},
		{secretmux.ErrNotFound, true},
		{secretmux.ErrUnauthenticated, false},
		{secretmux.ErrInvalid, false},
		{secretmux.ErrCorrupt, false},
		{secretmux.ErrTooLarge, false},
	}
	for _, tt := range tests {
		t.Run(tt.class.Error(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				opts := secretmux.Options{TTL: 100 * time.Second, MaxStale: time.Hour, Jitter: -1}
				r := newRig(t, opts, map[string]string{"a": "1", "doc": document})
				r.want("a", "1")
				r.want("a", "1")
				r.want("doc#user", "ann")
				r.want("doc#user", "ann")
				r.fail(tt.class)
				r.pass(89 * time.Second)
				r.want("a", "1")
				r.pass(2 * time.Second) // the refresh, nine seconds before the TTL ends
				if tt.gone {
					r.wantErr("a", tt.class)
					r.wantErr("doc#user", tt.class)
				} else {
					r.want("a", "1")
					r.want("doc#user", "ann")
				}
				r.pass(10 * time.Second)
				r.wantErr("a", tt.class)
				r.wantErr("doc#user", tt.class)
				for _, st := range r.Status() {
					if st.Stale || st.Served || !errors.Is(st.Err, tt.class) {
						t.Errorf("Status is %+v, want it neither served nor stale", st)
					}
				}
				r.faults.Heal()
				r.pass(time.Minute)
				r.want("a", "1")
			})
		})
	}
}

func TestStoreWithoutMaxStaleServesNothingPastItsTTL(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, secretmux.Options{TTL: time.Minute}, map[string]string{"a": "1"})
		r.want("a", "1")
		r.want("a", "1")
		r.fail(secretmux.ErrUnavailable)
		r.pass(time.Minute - 1)
		r.want("a", "1")
		r.pass(2)
		r.wantErr("a", secretmux.ErrUnavailable)
	})
}

func TestStoreRemembersAbsence(t *testing.T) {
	for _, class := range []error{secretmux.ErrNotFound, secretmux.ErrDenied, secretmux.ErrDisabled} {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t, secretmux.Options{NegativeTTL: 10 * time.Second}, map[string]string{"a": "1"})
			r.fail(class)
			for range 3 {
				r.wantErr("a", class)
				r.wantErr("a#f", class)
			}
			r.wantCalls(1)
			r.faults.Heal()
			r.pass(10*time.Second - 1)
			r.wantErr("a", class)
			r.wantCalls(0)
			r.pass(1)
			r.want("a", "1")
			r.wantCalls(1)
		})
	}
}

// An outage is not remembered: the next reader asks again. The first one had a
// second try.
func TestStoreDoesNotRememberOutages(t *testing.T) {
	r := newRig(t, secretmux.Options{}, map[string]string{"a": "1"})
	r.fail(secretmux.ErrUnavailable)
	r.wantErr("a", secretmux.ErrUnavailable)
	r.wantCalls(2)
	r.faults.Heal()
	r.want("a", "1")
	r.wantCalls(1)
}

// More calls would make a backend throttle for longer, whatever they are for.
func TestStoreThrottlingSlowsTheWholeProvider(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, secretmux.Options{}, map[string]string{"a": "1", "b": "2", "c": "3"})
		r.want("c", "3")
		r.faults.Inject(faults.Always(faults.Step{Err: secretmux.ErrThrottled}, "a"))
		r.wantErr("a", secretmux.ErrThrottled)
		r.wantCalls(2)
		r.wantErr("b", secretmux.ErrThrottled)
		if err := r.Refresh(t.Context(), "c"); !errors.Is(err, secretmux.ErrThrottled) {
			t.Errorf("Refresh of another secret failed with %v, want ErrThrottled", err)
		}
		r.wantCalls(0)
		r.want("c", "3") // kept
		r.pass(time.Minute)
		r.want("b", "2")
	})
}
