package outages_test

import (
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/internal/tests/rigs"
	"github.com/secretmux/secretmux/testing/faults"
)

// staleRigs runs a test with a TTL of a minute and a MaxStale of an hour, from
// each place that can set them.
func staleRigs(t *testing.T, run func(t *testing.T, r *rigs.Rig)) {
	t.Helper()
	secrets := map[string]string{"a": "1", "b": "2"}
	t.Run("Options.MaxStale", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			run(t, rigs.New(t, secretmux.Options{TTL: time.Minute, MaxStale: time.Hour}, secrets))
		})
	})
	t.Run("stale= before Options.MaxStale", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			r := rigs.New(t, secretmux.Options{}, secrets)
			r.Reopen("memory:?ttl=1m&stale=1h", secretmux.Options{TTL: time.Second, MaxStale: time.Second})
			run(t, r)
		})
	})
}

func TestStoreBackendDown(t *testing.T) {
	for _, class := range []error{secretmux.ErrUnavailable, secretmux.ErrThrottled} {
		t.Run(class.Error(), func(t *testing.T) {
			staleRigs(t, func(t *testing.T, r *rigs.Rig) {
				r.Want("a", "1")
				r.Pass(30 * time.Second)
				r.Want("a", "1") // in use
				r.Fail(class)
				r.Pass(29 * time.Second)
				if st := r.StateOf("a"); st.Stale || !st.Served {
					t.Errorf("within the TTL Status is %+v", st)
				}
				r.Pass(2 * time.Second) // past the TTL
				r.Want("a", "1")
				wantStale(t, r, class)

				r.Pass(58 * time.Minute)
				r.Want("a", "1")
				r.Pass(2 * time.Minute) // past MaxStale
				r.WantErr("a", class)
				if got := r.Status(); len(got) != 0 {
					t.Errorf("past MaxStale Status is %+v, want nothing kept", got)
				}

				r.Faults.Heal()
				r.Pass(2 * time.Minute)
				r.Want("a", "1")
				if err := r.Check(t.Context()); err != nil {
					t.Errorf("Check of a backend that came back: %v", err)
				}
			})
		})
	}
}

func wantStale(t *testing.T, r *rigs.Rig, class error) {
	t.Helper()
	st := r.StateOf("a")
	if !st.Stale || !st.Served || st.Failures == 0 || !errors.Is(st.Err, class) || st.NextRefresh.IsZero() || st.Age < time.Minute {
		t.Errorf("past the TTL Status is %+v, want it served, stale, and tried again", st)
	}
	r.Faults.Heal() // Check's own call works; what it tells of is the store's
	err := r.Check(t.Context())
	r.Fail(class)
	var e *secretmux.Error
	if !errors.Is(err, class) || !errors.As(err, &e) || e.Name != "a" {
		t.Errorf("Check = %v, want %v about a", err, class)
	}
	events := r.Events.Take(secretmux.EventStale)
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
				r := rigs.New(t, opts, map[string]string{"a": "1", "doc": rigs.Document})
				r.Want("a", "1")
				r.Want("a", "1")
				r.Want("doc#user", "ann")
				r.Want("doc#user", "ann")
				r.Fail(tt.class)
				r.Pass(89 * time.Second)
				r.Want("a", "1")
				r.Pass(2 * time.Second) // the refresh, nine seconds before the TTL ends
				if tt.gone {
					r.WantErr("a", tt.class)
					r.WantErr("doc#user", tt.class)
				} else {
					r.Want("a", "1")
					r.Want("doc#user", "ann")
				}
				r.Pass(10 * time.Second)
				r.WantErr("a", tt.class)
				r.WantErr("doc#user", tt.class)
				for _, st := range r.Status() {
					if st.Stale || st.Served || !errors.Is(st.Err, tt.class) {
						t.Errorf("Status is %+v, want it neither served nor stale", st)
					}
				}
				r.Faults.Heal()
				r.Pass(time.Minute)
				r.Want("a", "1")
			})
		})
	}
}

func TestStoreWithoutMaxStaleServesNothingPastItsTTL(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := rigs.New(t, secretmux.Options{TTL: time.Minute}, map[string]string{"a": "1"})
		r.Want("a", "1")
		r.Want("a", "1")
		r.Fail(secretmux.ErrUnavailable)
		r.Pass(time.Minute - 1)
		r.Want("a", "1")
		r.Pass(2)
		r.WantErr("a", secretmux.ErrUnavailable)
	})
}

func TestStoreRemembersAbsence(t *testing.T) {
	for _, class := range []error{secretmux.ErrNotFound, secretmux.ErrDenied, secretmux.ErrDisabled} {
		synctest.Test(t, func(t *testing.T) {
			r := rigs.New(t, secretmux.Options{NegativeTTL: 10 * time.Second}, map[string]string{"a": "1"})
			r.Fail(class)
			for range 3 {
				r.WantErr("a", class)
				r.WantErr("a#f", class)
			}
			r.WantCalls(1)
			r.Faults.Heal()
			r.Pass(10*time.Second - 1)
			r.WantErr("a", class)
			r.WantCalls(0)
			r.Pass(1)
			r.Want("a", "1")
			r.WantCalls(1)
		})
	}
}

// An outage is not remembered: the next reader asks again. The first one had a
// second try.
func TestStoreDoesNotRememberOutages(t *testing.T) {
	r := rigs.New(t, secretmux.Options{}, map[string]string{"a": "1"})
	r.Fail(secretmux.ErrUnavailable)
	r.WantErr("a", secretmux.ErrUnavailable)
	r.WantCalls(2)
	r.Faults.Heal()
	r.Want("a", "1")
	r.WantCalls(1)
}

// More calls of any kind would make a backend throttle for longer.
func TestStoreThrottlingSlowsTheWholeProvider(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := rigs.New(t, secretmux.Options{}, map[string]string{"a": "1", "b": "2", "c": "3"})
		r.Want("c", "3")
		r.Faults.Inject(faults.Always(faults.Step{Err: secretmux.ErrThrottled}, "a"))
		r.WantErr("a", secretmux.ErrThrottled)
		r.WantCalls(2)
		r.WantErr("b", secretmux.ErrThrottled)
		if err := r.Refresh(t.Context(), "c"); !errors.Is(err, secretmux.ErrThrottled) {
			t.Errorf("Refresh of another secret failed with %v, want ErrThrottled", err)
		}
		r.WantCalls(0)
		r.Want("c", "3") // kept
		r.Pass(time.Minute)
		r.Want("b", "2")
	})
}
