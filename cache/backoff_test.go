package cache_test

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux/cache"
)

func TestBackoffBounds(t *testing.T) {
	const first, limit = time.Second, time.Minute
	tests := []struct {
		attempt      int
		first, limit time.Duration
		most         time.Duration
	}{
		{-1, first, limit, first},
		{0, first, limit, first},
		{1, first, limit, first},
		{2, first, limit, 2 * first},
		{3, first, limit, 4 * first},
		{6, first, limit, 32 * first},
		{7, first, limit, limit},
		{1 << 40, first, limit, limit},
		{3, 2 * limit, limit, limit},
		{1 << 40, first, math.MaxInt64, math.MaxInt64},
		{63, 1, math.MaxInt64, 1 << 62},
		{5, 0, limit, 0},
		{5, first, 0, 0},
		{5, -first, limit, 0},
		{5, first, -limit, 0},
	}
	for _, tt := range tests {
		least, most := time.Duration(math.MaxInt64), time.Duration(0)
		for range 1000 {
			d := cache.Backoff(tt.attempt, tt.first, tt.limit)
			least, most = min(least, d), max(most, d)
		}
		if least < tt.most/2 || most > tt.most {
			t.Errorf("Backoff(%d, %v, %v) is from %v to %v, want at most %v and at least half of it",
				tt.attempt, tt.first, tt.limit, least, most, tt.most)
		}
		if tt.most > time.Second && most-least < tt.most/4 {
			t.Errorf("Backoff(%d, %v, %v) is from %v to %v, which is hardly random", tt.attempt, tt.first, tt.limit, least, most)
		}
	}
}

// byOrigin makes the part of a key before its dot its origin.
func byOrigin(key string, l *cache.Loaded[string]) {
	l.Origin, _, _ = strings.Cut(key, ".")
	if strings.HasPrefix(key, "unknown") {
		l.Origin = ""
	}
}

func watchAll(t *testing.T, c *cache.Cache[string], keys ...string) {
	t.Helper()
	for i, r := range c.GetMany(t.Context(), keys) {
		if r.Err != nil {
			t.Fatal(r.Err)
		}
		if _, err := c.Watch(t.Context(), keys[i]); err != nil {
			t.Fatal(err)
		}
	}
}

// loadsOf returns when a key was loaded, from the nth load on.
func loadsOf(b *backend, key string, from int) (at []time.Time) {
	for _, call := range b.loads()[from:] {
		if slices.Contains(call.keys, key) {
			at = append(at, call.at)
		}
	}
	return at
}

func TestTransientFailureDelaysAllKeysOfItsOrigin(t *testing.T) {
	for range 10 { // pauses are random
		synctest.Test(t, testOriginPauses)
	}
}

func testOriginPauses(t *testing.T) {
	b := &backend{adorn: byOrigin}
	c := newCache(t, b)
	start := time.Now()
	watchAll(t, c, "a.1", "a.2", "b.1")
	pass(refreshed / 2)
	b.fail("a.1", errDown)
	b.fail("a.2", errDown)
	if err := errors.Join(c.Refresh(t.Context(), "a.1")...); err == nil {
		t.Fatal("Refresh did not fail")
	}
	pass(ttl)
	for _, call := range b.loads()[1:] {
		if slices.Contains(call.keys, "a.2") && !slices.Contains(call.keys, "a.1") {
			t.Errorf("a.2 was loaded after %v, while its origin had a pause", call.at.Sub(start))
		}
	}
	if at := loadsOf(b, "a.2", 1); len(at) == 0 {
		t.Error("a.2 was not loaded after the pause")
	}
	if at := loadsOf(b, "b.1", 1); len(at) != 1 || at[0].Sub(start) > refreshed {
		t.Errorf("b.1 was loaded %v, want one load after %v, as its origin answers", at, refreshed)
	}
}

func TestBackoffGrowsHasJitterAndEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		c := newCache(t, b, func(o *cache.Options[string]) { o.MaxStale = 24 * time.Hour })
		watchAll(t, c, "k")
		b.fail("", errDown)
		pass(time.Hour)
		at := loadsOf(b, "k", 1)
		for i := range min(len(at)-1, 6) {
			longest := time.Second << i
			if pause := at[i+1].Sub(at[i]); pause < longest/2 || pause > longest {
				t.Errorf("the pause after failure %d was %v, want at most %v", i+1, pause, longest)
			}
		}
		if n := len(at); n < 60 || n > 130 {
			t.Errorf("%d loads in an hour, want one in half a minute to a minute", n)
		}
		pauses := map[time.Duration]bool{}
		for i := range at[7:] {
			pauses[at[i+7].Sub(at[i+6])] = true
		}
		if len(pauses) < 20 {
			t.Errorf("only %d different pauses", len(pauses))
		}
		b.fail("", nil)
		refresh(t, c, "k")
		b.fail("", errDown)
		if err := errors.Join(c.Refresh(t.Context(), "k")...); err == nil {
			t.Fatal("Refresh did not fail")
		}
		events := b.seen(cache.KindRetryPlanned)
		if last := events[len(events)-1]; last.Attempt != 1 || last.Delay > time.Second {
			t.Errorf("%+v after the backend was well again, want a short pause", last)
		}
	})
}

// Where others of the origin succeed, their success must not make the pauses of
// a key that goes on failing short.
func TestKeyThatFailsAmongOthersBacksOffToo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		c := newCache(t, b)
		watchAll(t, c, "fine", "bad")
		b.fail("bad", errDown)
		before := len(b.loads())
		for range 600 {
			pass(time.Second)
			if err := errors.Join(c.Refresh(t.Context(), "fine")...); err != nil {
				t.Fatal(err)
			}
		}
		if n := len(loadsOf(b, "bad", before)); n > 40 {
			t.Errorf("the bad key was loaded %d times in ten minutes", n)
		}
	})
}

// A failure may not tell its origin. Nothing that succeeds has that origin, so
// time ends its back-off.
func TestBackoffOfAnUnknownOriginEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{adorn: func(_ string, l *cache.Loaded[string]) {
			if l.Err != nil {
				l.Origin = ""
			}
		}}
		c := newCache(t, b, withStale)
		watchAll(t, c, "k")
		for range 10 {
			b.fail("", errDown)
			pass(ttl)
			b.fail("", nil)
			pass(10 * ttl)
		}
		b.fail("", errDown)
		before := len(b.loads())
		pass(ttl + 5*time.Second)
		if at := loadsOf(b, "k", before); len(at) < 3 || at[1].Sub(at[0]) > time.Second {
			t.Errorf("%d loads, want the first pause to be short", len(at))
		}
	})
}

func TestFailedDelaysItsOwnKeyAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		c := newCache(t, b)
		watchAll(t, c, "bad", "fine")
		b.fail("bad", errBroken)
		pass(10 * ttl)
		if n := len(loadsOf(b, "fine", 1)); n < 10 {
			t.Errorf("the other key was loaded %d times in 10 TTLs", n)
		}
		if n := len(loadsOf(b, "bad", 1)); n < 10 || n > 30 {
			t.Errorf("the bad key was loaded %d times in 10 minutes", n)
		}
	})
}

func TestRetryIsOnlyToldOfWhereOneIsPlanned(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		c := newCache(t, b)
		b.fail("", errBroken)
		want(t, c, "k", "", errBroken)
		if err := errors.Join(c.Refresh(t.Context(), "k")...); err == nil {
			t.Error("Refresh did not fail")
		}
		if events := b.seen(cache.KindRetryPlanned); len(events) != 0 {
			t.Errorf("events: %+v", events)
		}
		stop, err := c.OnChange("k", nothing)
		if err != nil {
			t.Fatal(err)
		}
		defer stop()
		synctest.Wait()
		if events := b.seen(cache.KindRetryPlanned); len(events) != 1 || events[0].Attempt != 1 || events[0].Delay <= 0 {
			t.Errorf("events: %+v", events)
		}
	})
}

// What waited for its origin, and has not failed itself, is loaded when the origin is
// well again.
func TestRecoveryWakesWhatHasNotFailed(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		c := newCache(t, b)
		watchOf(t, c, "waits")
		pass(refreshed - 5*time.Second)
		watchOf(t, c, "fails")
		again := func(after time.Duration) { // a refresh may run just now
			b.mu.Lock()
			defer b.mu.Unlock()
			b.adorn = func(_ string, l *cache.Loaded[string]) {
				if l.Err != nil {
					l.RetryAt = time.Now().Add(after)
				}
			}
		}
		again(time.Second)
		b.fail("", errDown)
		c.Refresh(t.Context(), "fails")
		pass(time.Second)
		again(time.Minute)
		pass(time.Second)
		c.Refresh(t.Context(), "fails")
		pass(4 * time.Second) // "waits" falls due
		if s := statOf(c, "waits"); s.Failures != 0 || s.Loading {
			t.Fatalf("%+v, want that it waits", s)
		}
		b.fail("", nil)
		b.set("waits", "new")
		refresh(t, c, "fails")
		synctest.Wait()
		want(t, c, "waits", "new", nil)
	})
}
