package outages_test

import (
	"context"
	"errors"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/internal/tests/rigs"
)

// One of three names hangs. The others answer as before. After its timeout, the hanging
// one is served stale, and each caller learns that.
func TestAHungReadHoldsUpNobodyElse(t *testing.T) {
	for name, batch := range map[string]bool{"single reads": false, "batches": true} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				d := newDeaf("a", "1", "b", "2", "c", "3")
				var p secretmux.Provider = d
				if !batch {
					p = unbatched{d}
				}
				s := rigs.Must(secretmux.Open(t.Context(), "deaf:?timeout=2s&ttl=10s&stale=1h", rigs.Answers("deaf", p, nil)))
				for _, ref := range []string{"a", "b", "c"} {
					rigs.Must(s.Watch(t.Context(), ref))
				}
				d.hang("b")
				slowest := map[string]time.Duration{}
				for range 600 {
					time.Sleep(100 * time.Millisecond)
					for _, ref := range []string{"a", "b", "c"} {
						start := time.Now()
						rigs.WantSecret(t, d.Values[ref])(s.Get(t.Context(), ref))
						slowest[ref] = max(slowest[ref], time.Since(start))
					}
				}
				// With a batch call, the one batch that b was in is lost for all.
				limit := time.Duration(0)
				if batch {
					limit = 2500 * time.Millisecond
				}
				if slowest["a"] > limit || slowest["c"] > limit || slowest["b"] > 2500*time.Millisecond {
					t.Errorf("the slowest reads took %v", slowest)
				}
				st, _ := s.StatusOf("b")
				if !st.Stale || !st.Served || st.Abandoned != 1 || !errors.Is(st.Err, secretmux.ErrUnavailable) {
					t.Errorf("Status of the hung one: %+v", st)
				}
				if err := s.Check(t.Context()); !errors.Is(err, secretmux.ErrUnavailable) || !strings.Contains(err.Error(), "have not returned") {
					t.Errorf("Check = %v", err)
				}
				if err := s.Ready(); err != nil {
					t.Errorf("Ready = %v, want nil: a stale value is allowed", err)
				}
				start := time.Now()
				var e *secretmux.Error
				if err := s.Close(); !errors.As(err, &e) || !strings.Contains(err.Error(), "call(s) of the provider still run") {
					t.Errorf("Close = %v, want an *Error that counts what still runs", err)
				}
				if took := time.Since(start); took > 3*time.Second {
					t.Errorf("Close took %v", took)
				}
				close(d.release)
			})
		})
	}
}

// At most one read of a name and sixteen of a link may hang. Every further read fails
// at once.
func TestAbandonedCallsAreCapped(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDeaf("free", "x")
		for i := range 40 {
			d.hang("n" + strconv.Itoa(i))
		}
		c := rigs.ChainOf(rigs.Must(secretmux.Open(t.Context(), "deaf:?timeout=1s", rigs.Answers("deaf", unbatched{d}, nil))))
		defer func() { _ = c.Close() }()
		defer close(d.release)
		read := func(name string) (error, time.Duration) {
			start := time.Now()
			_, err := c.Get(t.Context(), name)
			return err, time.Since(start)
		}
		for i := range 16 {
			if err, took := read("n" + strconv.Itoa(i)); !errors.Is(err, secretmux.ErrUnavailable) || took > 1200*time.Millisecond {
				t.Fatalf("read %d: %v after %v", i, err, took)
			}
			time.Sleep(2 * time.Second) // the outage gate lets a probe through
		}
		calls := d.Gets.Load()
		for _, name := range []string{"n0", "n15", "n16", "free"} {
			if err, took := read(name); !errors.Is(err, secretmux.ErrUnavailable) || took != 0 {
				t.Errorf("%s: %v after %v, want ErrUnavailable at once", name, err, took)
			}
		}
		if d.Gets.Load() != calls {
			t.Errorf("%d more calls", d.Gets.Load()-calls)
		}
	})
}

// A link is free again when its abandoned calls return.
func TestALinkRecoversFromAbandonedCalls(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := newDeaf("a", "1")
		d.hang("a")
		l := secretmux.ContinueOn(rigs.Must(secretmux.Open(t.Context(), "deaf:?timeout=1s", rigs.Answers("deaf", unbatched{d}, nil))))
		rigs.WantClass(t, secretmux.ErrUnavailable)(l.Get(t.Context(), "a"))
		close(d.release)
		synctest.Wait()
		rigs.WantSecret(t, "1")(l.Get(t.Context(), "a"))
		if err := secretmux.Close(l); err != nil {
			t.Error(err)
		}
	})
}

// A provider may end its goroutine, like t.FailNow in a fake. That is not an answer:
// the result is neither an empty secret nor a call without an end.
func TestAProviderThatEndsItsGoroutineFails(t *testing.T) {
	exits := secretmux.ProviderFunc(func(context.Context, string) (secretmux.Secret, error) {
		runtime.Goexit()
		return secretmux.Secret{}, nil
	})
	batch := rigs.ManyFunc(func([]string) ([]secretmux.Result, error) { runtime.Goexit(); return nil, nil })
	for name, p := range map[string]secretmux.Provider{"single": exits, "batch": batch} {
		s := rigs.Must(secretmux.New(p, secretmux.Options{}))
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		for _, r := range rigs.Must(s.GetMany(ctx, []string{"a", "b"})) {
			if r.Err == nil || errors.Is(r.Err, context.DeadlineExceeded) || !r.Secret.IsZero() {
				t.Errorf("%s: %v, zero %t", name, r.Err, r.Secret.IsZero())
			}
		}
		cancel()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	}
}
