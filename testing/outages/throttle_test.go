package outages_test

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/internal/tests/rigs"
)

func TestThrottledLinkIsLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := rigs.Failing("slow:", secretmux.ErrThrottled)
		c := rigs.ChainOf(b, rigs.Has("weak:", "a", "x"))
		rigs.WantClass(t, secretmux.ErrThrottled)(c.Get(t.Context(), "a"))
		b.Fail = nil
		b.Values = map[string]string{"a": "x", "b": "x"}
		b.Gets.Store(0)
		start := time.Now()
		for _, name := range []string{"a", "b", "c"} { // all names alike
			_, err := c.Get(t.Context(), name)
			rigs.WantClass(t, secretmux.ErrThrottled)(secretmux.Secret{}, err)
			var e *secretmux.Error
			if !errors.As(err, &e) || e.Source != "slow:" || e.Name != name || e.Hint == "" {
				t.Errorf("%+v", e)
			}
			rigs.WantClass(t, secretmux.ErrThrottled)(secretmux.GetVersion(t.Context(), c, name, "current"))
			rigs.WantClass(t, secretmux.ErrThrottled)(rigs.Only(rigs.GetMany(t.Context(), c, name)))
			_, err = rigs.Listed(t, c, name)
			rigs.WantClass(t, secretmux.ErrThrottled)(secretmux.Secret{}, err)
		}
		if calls := b.Gets.Load() + b.Batches.Load() + b.Lists.Load(); calls != 0 || time.Since(start) != 0 {
			t.Errorf("%d calls in the pause, which took %v", calls, time.Since(start))
		}
		time.Sleep(time.Second)
		rigs.WantSecret(t, "x")(c.Get(t.Context(), "a"))
	})
}

// pauses returns how long each of n pauses of b lasts, asking every 10 ms.
func pauses(t *testing.T, n int, calls func() int64, ask func()) []time.Duration {
	t.Helper()
	found := make([]time.Duration, 0, n)
	ask()
	for range n {
		start, before := time.Now(), calls()
		for calls() == before {
			time.Sleep(10 * time.Millisecond)
			ask()
		}
		found = append(found, time.Since(start))
	}
	return found
}

func TestThrottlePauseGrowsToALimit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := rigs.Failing("slow:", secretmux.ErrThrottled)
		c := rigs.ChainOf(b)
		all := pauses(t, 12, b.Gets.Load, func() { _, _ = c.Get(t.Context(), "a") })
		for i, got := range all {
			upper := min(500*time.Millisecond<<i, 30*time.Second)
			if got < upper/2 || got > upper+10*time.Millisecond {
				t.Errorf("pause %d took %v, want between %v and %v", i+1, got, upper/2, upper)
			}
		}
		time.Sleep(time.Minute)
		b.Fail = nil
		b.Values["a"] = "x"
		rigs.WantSecret(t, "x")(c.Get(t.Context(), "a"))
		b.Fail = &secretmux.Error{Class: secretmux.ErrThrottled}
		if again := pauses(t, 1, b.Gets.Load, func() { _, _ = c.Get(t.Context(), "a") })[0]; again > 510*time.Millisecond {
			t.Errorf("after an answer the pause is %v, want that of a first failure", again)
		}
	})
}

func TestThrottledNameInABatchHoldsTheLinkBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := rigs.Has("slow:", "a", "1", "b", "2", "c", "3")
		b.FailName = map[string]error{"b": &secretmux.Error{Class: secretmux.ErrThrottled}}
		c := rigs.ChainOf(b)
		results := rigs.GetMany(t.Context(), c, "a", "b", "c")
		rigs.WantSecret(t, "1")(results[0].Secret, results[0].Err)
		rigs.WantClass(t, secretmux.ErrThrottled)(results[1].Secret, results[1].Err)
		rigs.WantSecret(t, "3")(results[2].Secret, results[2].Err)
		rigs.WantClass(t, secretmux.ErrThrottled)(c.Get(t.Context(), "a"))
		if b.Gets.Load() != 0 {
			t.Error("the backend was called in the pause")
		}
		time.Sleep(time.Second)
		all := pauses(t, 3, b.Batches.Load, func() { rigs.GetMany(t.Context(), c, "a", "b", "c") })
		if all[2] < 2*time.Second {
			t.Errorf("pauses of %v do not grow", all)
		}
	})
}

// Calls that were under way when the first was throttled neither end the pause
// nor make it longer.
func TestThrottleAndCallsUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := rigs.Has("slow:", "slow", "x")
		b.FailName = map[string]error{"quick": &secretmux.Error{Class: secretmux.ErrThrottled}}
		c := rigs.ChainOf(&rigs.Delayed{Backend: b, Delays: map[string]time.Duration{"slow": 100 * time.Millisecond}})
		go func() { _, _ = c.Get(t.Context(), "slow") }()
		synctest.Wait()
		_, _ = c.Get(t.Context(), "quick")
		time.Sleep(150 * time.Millisecond) // the slow call has answered well
		synctest.Wait()
		b.Gets.Store(0)
		rigs.WantClass(t, secretmux.ErrThrottled)(c.Get(t.Context(), "slow"))
		if b.Gets.Load() != 0 {
			t.Error("an answer that was under way ended the pause")
		}
	})
}

func TestCallsThrottledTogetherCountOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := rigs.Failing("slow:", secretmux.ErrThrottled)
		delays := map[string]time.Duration{}
		c := rigs.ChainOf(&rigs.Delayed{Backend: slow, Delays: delays})
		for i := range 16 { // as many as may run together from the start
			name := fmt.Sprintf("n%d", i)
			delays[name] = time.Duration(1+i%2) * time.Millisecond
		}
		for name := range delays {
			go func() { _, _ = c.Get(t.Context(), name) }()
		}
		time.Sleep(3 * time.Millisecond)
		synctest.Wait()
		if slow.Gets.Load() != 16 {
			t.Fatalf("%d calls, want 16", slow.Gets.Load())
		}
		if pause := pauses(t, 1, slow.Gets.Load, func() { _, _ = c.Get(t.Context(), "a") })[0]; pause > 510*time.Millisecond {
			t.Errorf("the pause is %v, want that of one failure", pause)
		}
	})
}

func TestOtherFailuresDoNotThrottle(t *testing.T) {
	for _, class := range append(rigs.InFront(), secretmux.ErrNotFound) {
		if errors.Is(class, secretmux.ErrThrottled) {
			continue
		}
		b := rigs.Failing("one:", class)
		c := rigs.ChainOf(b)
		for range 3 {
			rigs.WantClass(t, class)(c.Get(t.Context(), "a"))
		}
		want := int64(3)
		if errors.Is(class, secretmux.ErrUnavailable) {
			want = 5 // two second tries, until the third failure closes the outage gate
		}
		if b.Gets.Load() != want {
			t.Errorf("%v: %d calls, want %d", class, b.Gets.Load(), want)
		}
	}
}

func TestReplicasGoOnWhileOneIsThrottled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := rigs.Failing("slow:", secretmux.ErrThrottled)
		r := rigs.ReplicasOf(slow, rigs.Has("other:", "a", "x"))
		for range 3 {
			rigs.WantSecret(t, "x")(r.Get(t.Context(), "a"))
		}
		if slow.Gets.Load() != 1 {
			t.Errorf("%d calls to the replica that throttles, want 1", slow.Gets.Load())
		}
	})
}
