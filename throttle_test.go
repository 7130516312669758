package secretmux_test

import (
	"errors"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
)

func TestThrottledLinkIsLeftAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := failing("slow:", secretmux.ErrThrottled)
		c := chainOf(b, has("weak:", "a", "x"))
		wantClass(t, secretmux.ErrThrottled)(c.Get(t.Context(), "a"))
		b.fail = nil
		b.values = map[string]string{"a": "x", "b": "x"}
		b.gets.Store(0)
		start := time.Now()
		for _, name := range []string{"a", "b", "c"} { // all names alike
			_, err := c.Get(t.Context(), name)
			wantClass(t, secretmux.ErrThrottled)(secretmux.Secret{}, err)
			var e *secretmux.Error
			if !errors.As(err, &e) || e.Source != "slow:" || e.Name != name || e.Hint == "" {
				t.Errorf("%+v", e)
			}
			wantClass(t, secretmux.ErrThrottled)(secretmux.GetVersion(t.Context(), c, name, "current"))
			wantClass(t, secretmux.ErrThrottled)(only(getMany(t.Context(), c, name)))
			_, err = listed(t, c, name)
			wantClass(t, secretmux.ErrThrottled)(secretmux.Secret{}, err)
		}
		if calls := b.gets.Load() + b.batches.Load() + b.lists.Load(); calls != 0 || time.Since(start) != 0 {
			t.Errorf("%d calls in the pause, which took %v", calls, time.Since(start))
		}
		time.Sleep(time.Second)
		wantSecret(t, "x")(c.Get(t.Context(), "a"))
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
		b := failing("slow:", secretmux.ErrThrottled)
		c := chainOf(b)
		all := pauses(t, 12, b.gets.Load, func() { _, _ = c.Get(t.Context(), "a") })
		for i, got := range all {
			upper := min(500*time.Millisecond<<i, 30*time.Second)
			if got < upper/2 || got > upper+10*time.Millisecond {
				t.Errorf("pause %d took %v, want between %v and %v", i+1, got, upper/2, upper)
			}
		}
		time.Sleep(time.Minute)
		b.fail = nil
		b.values["a"] = "x"
		wantSecret(t, "x")(c.Get(t.Context(), "a"))
		b.fail = &secretmux.Error{Class: secretmux.ErrThrottled}
		if again := pauses(t, 1, b.gets.Load, func() { _, _ = c.Get(t.Context(), "a") })[0]; again > 510*time.Millisecond {
			t.Errorf("after an answer the pause is %v, want that of a first failure", again)
		}
	})
}

func TestThrottledNameInABatchHoldsTheLinkBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := has("slow:", "a", "1", "b", "2", "c", "3")
		b.failName = map[string]error{"b": &secretmux.Error{Class: secretmux.ErrThrottled}}
		c := chainOf(b)
		results := getMany(t.Context(), c, "a", "b", "c")
		wantSecret(t, "1")(results[0].Secret, results[0].Err)
		wantClass(t, secretmux.ErrThrottled)(results[1].Secret, results[1].Err)
		wantSecret(t, "3")(results[2].Secret, results[2].Err)
		wantClass(t, secretmux.ErrThrottled)(c.Get(t.Context(), "a"))
		if b.gets.Load() != 0 {
			t.Error("the backend was called in the pause")
		}
		time.Sleep(time.Second)
		all := pauses(t, 3, b.batches.Load, func() { getMany(t.Context(), c, "a", "b", "c") })
		if all[2] < 2*time.Second {
			t.Errorf("pauses of %v do not grow", all)
		}
	})
}

// Calls that were under way when the first was throttled neither end the pause
// nor make it longer.
func TestThrottleAndCallsUnderWay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := has("slow:", "slow", "x")
		b.failName = map[string]error{"quick": &secretmux.Error{Class: secretmux.ErrThrottled}}
		c := chainOf(&delayed{b, map[string]time.Duration{"slow": 100 * time.Millisecond}})
		go func() { _, _ = c.Get(t.Context(), "slow") }()
		synctest.Wait()
		_, _ = c.Get(t.Context(), "quick")
		time.Sleep(150 * time.Millisecond) // the slow call has answered well
		synctest.Wait()
		b.gets.Store(0)
		wantClass(t, secretmux.ErrThrottled)(c.Get(t.Context(), "slow"))
		if b.gets.Load() != 0 {
			t.Error("an answer that was under way ended the pause")
		}
	})
}

func TestCallsThrottledTogetherCountOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := failing("slow:", secretmux.ErrThrottled)
		delays := map[string]time.Duration{}
		c := chainOf(&delayed{slow, delays})
		for i := range 16 { // as many as may run together from the start
			name := fmt.Sprintf("n%d", i)
			delays[name] = time.Duration(1+i%2) * time.Millisecond
		}
		for name := range delays {
			go func() { _, _ = c.Get(t.Context(), name) }()
		}
		time.Sleep(3 * time.Millisecond)
		synctest.Wait()
		if slow.gets.Load() != 16 {
			t.Fatalf("%d calls, want 16", slow.gets.Load())
		}
		if pause := pauses(t, 1, slow.gets.Load, func() { _, _ = c.Get(t.Context(), "a") })[0]; pause > 510*time.Millisecond {
			t.Errorf("the pause is %v, want that of one failure", pause)
		}
	})
}

func TestOtherFailuresDoNotThrottle(t *testing.T) {
	for _, class := range append(inFront(), secretmux.ErrNotFound) {
		if errors.Is(class, secretmux.ErrThrottled) {
			continue
		}
		b := failing("one:", class)
		c := chainOf(b)
		for range 3 {
			wantClass(t, class)(c.Get(t.Context(), "a"))
		}
		want := int64(3)
		if errors.Is(class, secretmux.ErrUnavailable) {
			want = 5 // two second tries, until the third failure closes the outage gate
		}
		if b.gets.Load() != want {
			t.Errorf("%v: %d calls, want %d", class, b.gets.Load(), want)
		}
	}
}

func TestReplicasGoOnWhileOneIsThrottled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		slow := failing("slow:", secretmux.ErrThrottled)
		r := replicasOf(slow, has("other:", "a", "x"))
		for range 3 {
			wantSecret(t, "x")(r.Get(t.Context(), "a"))
		}
		if slow.gets.Load() != 1 {
			t.Errorf("%d calls to the replica that throttles, want 1", slow.gets.Load())
		}
	})
}
