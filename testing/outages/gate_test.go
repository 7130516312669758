package outages_test

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/internal/tests/rigs"
)

// switched is a backend that can be turned off.
type switched struct {
	class atomic.Pointer[error]
	calls atomic.Int64
}

func (s *switched) off(class error) { s.class.Store(&class) }
func (s *switched) on()             { s.class.Store(nil) }

func (s *switched) Get(_ context.Context, name string) (secretmux.Secret, error) {
	s.calls.Add(1)
	if class := s.class.Load(); class != nil {
		return secretmux.Secret{}, &secretmux.Error{Op: "get", Class: *class, Hint: "the backend's own words"}
	}
	return secretmux.NewSecret([]byte(name), secretmux.Meta{}), nil
}

// An outage is not hammered at the rate of the requests, and its end is seen within
// a second.
func TestAnOutageUnderColdReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &switched{}
		s := rigs.Must(secretmux.New(p, secretmux.Options{}))
		defer func() { _ = s.Close() }()
		p.off(secretmux.ErrUnavailable)
		var wg sync.WaitGroup
		n := 0
		read := func(check func(error)) {
			n++
			name := fmt.Sprintf("n%d", n)
			wg.Go(func() {
				_, err := s.Get(t.Context(), name)
				check(err)
			})
		}
		for range 10_000 {
			read(func(err error) {
				var e *secretmux.Error
				if !errors.Is(err, secretmux.ErrUnavailable) || !errors.As(err, &e) || e.Hint != "the backend's own words" {
					t.Errorf("a read in the outage: %v", err)
				}
			})
			time.Sleep(time.Millisecond)
		}
		wg.Wait()
		if calls := p.calls.Load(); calls > 15 {
			t.Errorf("%d calls in 10 s, want at most 15", calls)
		}
		p.on()
		back := time.Now()
		var seen atomic.Bool
		for !seen.Load() && time.Since(back) < 5*time.Second {
			read(func(err error) { seen.CompareAndSwap(false, err == nil) })
			time.Sleep(time.Millisecond)
			synctest.Wait()
		}
		if took := time.Since(back); took > time.Second+10*time.Millisecond {
			t.Errorf("the end of the outage was seen after %v", took)
		}
	})
}

// A burst of reads that wait for room hears of the outage at once, and not when its
// time is over.
func TestABurstInAnOutageFailsAtOnce(t *testing.T) {
	for name, over := range nodes() {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				node := over(secretmux.ProviderFunc(func(context.Context, string) (secretmux.Secret, error) {
					time.Sleep(time.Second) // too long for a second try
					return secretmux.Secret{}, &secretmux.Error{Class: secretmux.ErrUnavailable}
				}))
				defer func() { _ = secretmux.Close(node) }()
				start := time.Now()
				var burst sync.WaitGroup
				for i := range 2000 {
					burst.Go(func() { rigs.WantClass(t, secretmux.ErrUnavailable)(node.Get(t.Context(), strconv.Itoa(i))) })
				}
				burst.Wait()
				if took := time.Since(start); took > 2500*time.Millisecond { // some enter before the third failure closes the gate
					t.Errorf("the last of the burst failed after %v", took)
				}
			})
		})
	}
}

func nodes() map[string]func(secretmux.Provider) secretmux.Provider {
	return map[string]func(secretmux.Provider) secretmux.Provider{
		"chain": func(p secretmux.Provider) secretmux.Provider { return rigs.ChainOf(p) },
		"store": func(p secretmux.Provider) secretmux.Provider { return rigs.Must(secretmux.New(p, secretmux.Options{})) },
	}
}

// Three failures in a row close the gate, and only failures that mean an outage.
func TestWhatClosesTheGate(t *testing.T) {
	for _, tt := range []struct {
		class  error
		closes bool
	}{
		{secretmux.ErrUnavailable, true},
		{secretmux.ErrNotFound, false},
		{secretmux.ErrDenied, false},
		{secretmux.ErrUnauthenticated, false},
		{secretmux.ErrInvalid, false},
		{secretmux.ErrCorrupt, false},
		{secretmux.ErrTooLarge, false},
		{secretmux.ErrDisabled, false},
	} {
		synctest.Test(t, func(t *testing.T) {
			p := &switched{}
			c := rigs.ChainOf(p)
			p.off(tt.class)
			for range 3 {
				rigs.WantClass(t, tt.class)(c.Get(t.Context(), "a"))
			}
			p.calls.Store(0)
			_, err := c.Get(t.Context(), "b")
			if closed := p.calls.Load() == 0; closed != tt.closes {
				t.Errorf("%v: closed is %t", tt.class, closed)
			}
			var e *secretmux.Error
			if errors.As(err, &e); tt.closes && (e.RetryAt.IsZero() || time.Until(e.RetryAt) > 100*time.Millisecond) {
				t.Errorf("the error says to try again at %v", e.RetryAt)
			}
		})
	}
}

// One success in between keeps the gate open, because a backend that fails half of its
// calls is not down.
func TestASuccessKeepsTheGateOpen(t *testing.T) {
	for name, over := range nodes() {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				p := &switched{}
				node := over(p)
				defer func() { _ = secretmux.Close(node) }()
				for i := range 20 {
					n := strconv.Itoa(i) // one that no cache has
					for range 2 {
						p.off(secretmux.ErrUnavailable)
						rigs.WantClass(t, secretmux.ErrUnavailable)(node.Get(t.Context(), n))
					}
					p.on()
					rigs.WantSecret(t, n)(node.Get(t.Context(), n))
				}
			})
		})
	}
}

// Refresh and Renew pass the outage gate, and never the throttle.
func TestRefreshAndRenewPassTheOutageGate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := &switched{}
		s := rigs.Must(secretmux.New(p, secretmux.Options{TTL: time.Hour}))
		defer func() { _ = s.Close() }()
		live := rigs.Must(s.Watch(t.Context(), "a"))
		p.off(secretmux.ErrUnavailable)
		for range 3 {
			_, _ = s.Get(t.Context(), "other")
		}
		for what, call := range map[string]func() error{
			"Refresh": func() error { return s.Refresh(t.Context(), "a") },
			"Renew":   func() error { _, err := live.Renew(t.Context(), live.Current()); return err },
		} {
			p.calls.Store(0)
			err := call()
			if !errors.Is(err, secretmux.ErrUnavailable) || p.calls.Load() == 0 {
				t.Errorf("%s: %v after %d calls, want the backend's word", what, err, p.calls.Load())
			}
		}
		time.Sleep(time.Minute)
		p.off(secretmux.ErrThrottled)
		_, _ = s.Get(t.Context(), "other")
		p.calls.Store(0)
		if err := s.Refresh(t.Context(), "a"); !errors.Is(err, secretmux.ErrThrottled) || p.calls.Load() != 0 {
			t.Errorf("Refresh while throttled: %v after %d calls", err, p.calls.Load())
		}
	})
}

// refusesAll is a backend whose batch call fails as a whole, as some do when one of
// the names is bad.
type refusesAll struct {
	*rigs.Backend
	whole error
}

func (r *refusesAll) GetMany(_ context.Context, _ []string) ([]secretmux.Result, error) {
	r.Batches.Add(1)
	return nil, r.whole
}

// The error of a whole batch call does not prove that any of its names is absent.
func TestAWholeCallErrorProvesNothingOfAName(t *testing.T) {
	for _, class := range []error{secretmux.ErrNotFound, secretmux.ErrInvalid, secretmux.ErrDisabled, errors.ErrUnsupported} {
		synctest.Test(t, func(t *testing.T) {
			r := &refusesAll{rigs.Has("x:", "a", "1", "b", "2"), &secretmux.Error{Op: "get", Class: class}}
			r.FailName = map[string]error{"bad": &secretmux.Error{Op: "get", Class: secretmux.ErrInvalid}}
			weak := rigs.Has("weak:", "a", "old", "b", "old", "bad", "old", "absent", "old")
			c := rigs.ChainOf(r, weak)
			got := rigs.GetMany(t.Context(), c, "a", "bad", "b", "absent")
			for i, want := range []string{"1", "", "2", "old"} {
				if got[i].Secret.Reveal() != want {
					t.Errorf("%v: %s is %q, %v", class, got[i].Name, got[i].Secret.Reveal(), got[i].Err)
				}
			}
			rigs.WantClass(t, secretmux.ErrInvalid)(got[1].Secret, got[1].Err)
		})
	}
}

// refusesBad is a backend whose batch call fails as a whole while a bad name is in it.
type refusesBad struct{ *rigs.Backend }

func (r *refusesBad) GetMany(ctx context.Context, names []string) ([]secretmux.Result, error) {
	for _, name := range names {
		if r.FailName[name] != nil {
			r.Batches.Add(1)
			return nil, r.FailName[name]
		}
	}
	return r.Backend.GetMany(ctx, names)
}

func TestANameThatSpoilsBatchesIsLeftOut(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := &refusesBad{rigs.Has("x:", "a", "1", "b", "2")}
		r.FailName = map[string]error{"bad": &secretmux.Error{Op: "get", Class: secretmux.ErrInvalid}}
		c := rigs.ChainOf(r)
		read := func() (batches, gets int64) {
			r.Batches.Store(0)
			r.Gets.Store(0)
			got := rigs.GetMany(t.Context(), c, "a", "bad", "b")
			if got[0].Err != nil || got[2].Err != nil || !errors.Is(got[1].Err, secretmux.ErrInvalid) {
				t.Errorf("%v %v %v", got[0].Err, got[1].Err, got[2].Err)
			}
			return r.Batches.Load(), r.Gets.Load()
		}
		if batches, gets := read(); batches != 1 || gets != 3 {
			t.Errorf("first: %d batches, %d gets", batches, gets)
		}
		time.Sleep(9 * time.Minute)
		if batches, gets := read(); batches != 1 || gets != 1 {
			t.Errorf("within ten minutes: %d batches, %d gets; want the bad name by itself, the others together", batches, gets)
		}
		time.Sleep(20 * time.Minute)
		if batches, gets := read(); batches != 1 || gets != 3 {
			t.Errorf("later: %d batches, %d gets; want it tried again", batches, gets)
		}
	})
}

// If a link did not pass on a refresh, its error says when the gate opens, so that the
// next refresh is not useless.
func TestRefreshDoesNotComeBeforeTheGateOpens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for range 30 { // the back-off is random
			p := &switched{}
			c := rigs.ChainOf(p)
			s := rigs.Must(secretmux.New(c, secretmux.Options{TTL: 100 * time.Second, MaxStale: time.Hour, Jitter: -1}))
			rigs.Must(s.Watch(t.Context(), "a"))
			due := time.Now().Add(90 * time.Second)
			time.Sleep(85 * time.Second)
			p.off(secretmux.ErrUnavailable)
			for time.Until(due) > 0 { // so that the gate is closed when the refresh comes
				_, _ = c.Get(t.Context(), "other")
				time.Sleep(20 * time.Millisecond)
			}
			p.calls.Store(0)
			time.Sleep(1300 * time.Millisecond)
			if st, _ := s.StatusOf("a"); st.Failures != 2 || p.calls.Load() != 1 {
				t.Errorf("%d refreshes and %d calls, want 2 and 1", st.Failures, p.calls.Load())
			}
			_ = s.Close()
		}
	})
}
