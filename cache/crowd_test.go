package cache_test

import (
	"fmt"
	"runtime"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux/cache"
)

// liveHeap is what the heap holds.
func liveHeap() int64 {
	runtime.GC()
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}

func TestAbsentNamesLeaveWhenNegativeTTLEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const names = 100_000
		b := &backend{}
		c := newCache(t, b, withNegativeTTL, func(o *cache.Options[string]) { o.Observe = nil })
		want(t, c, "kept", "kept", nil)
		b.fail("", errGone)
		keys := make([]string, names)
		for i := range keys {
			keys[i] = fmt.Sprint("absent", i)
		}
		b.calls = make([]call, 0, names)
		before := liveHeap()
		for i, r := range c.GetMany(t.Context(), keys) {
			if r.Err == nil {
				t.Fatalf("%q: %q", keys[i], r.Value)
			}
		}
		for _, r := range c.GetMany(t.Context(), keys[:100]) {
			if !r.Cached {
				t.Fatal("an absent name is not remembered")
			}
		}
		b.calls = nil
		full := liveHeap()
		pass(20 * time.Second)
		after := liveHeap()
		t.Logf("heap: %d KB before, %d KB with %d absent names, %d KB after NegativeTTL", before>>10, full>>10, names, after>>10)
		if after > before+before/10 {
			t.Errorf("%d KB, want it back within a tenth of %d KB", after>>10, before>>10)
		}
		if n := c.Entries(); n != 1 {
			t.Errorf("%d entries", n)
		}
		if n := len(c.Stats()); n != 1 {
			t.Errorf("%d documents", n)
		}
		runtime.KeepAlive(keys)
	})
}

// A name that comes to be, or is watched, before NegativeTTL ends does not leave.
func TestAbsentNameThatIsThereByNow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		c := newCache(t, b, withNegativeTTL)
		for _, key := range []string{"comes", "watched", "again", "leaves"} {
			b.fail(key, errGone)
			want(t, c, key, "", errGone)
		}
		b.fail("comes", nil)
		refresh(t, c, "comes")
		stop := onChange(t, c, "watched", nothing)
		pass(10 * time.Second)
		_ = c.Refresh(t.Context(), "again")
		pass(10 * time.Second)
		var kept []string
		for _, s := range c.Stats() {
			kept = append(kept, s.Key)
		}
		slices.Sort(kept)
		if !slices.Equal(kept, []string{"again", "comes", "watched"}) {
			t.Errorf("kept: %q", kept)
		}
		_ = c.Refresh(t.Context(), "watched")
		stop()
		pass(20 * time.Second)
		if n := c.Entries(); n != 1 {
			t.Errorf("%d entries", n)
		}
	})
}

// Many refreshes are due, and their batches take their time. A reader of one that
// waits for its turn does not.
func TestReaderDoesNotQueueBehindOthers(t *testing.T) {
	tests := []struct {
		name  string
		start func(t *testing.T, b *backend, c *cache.Cache[string], keys []string) // key waits behind the others
	}{
		{"refreshes that are due", func(t *testing.T, _ *backend, c *cache.Cache[string], keys []string) {
			for _, key := range keys {
				onChange(t, c, key, nothing)
			}
			pass(ttl)
		}},
		{"cold reads of another caller", func(t *testing.T, b *backend, c *cache.Cache[string], keys []string) {
			b.slow(10 * time.Second)
			go c.GetMany(t.Context(), keys)
		}},
		{"a Refresh", func(t *testing.T, b *backend, c *cache.Cache[string], keys []string) {
			b.slow(10 * time.Second)
			go c.Refresh(t.Context(), keys...)
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := &backend{}
				c := newCache(t, b, func(o *cache.Options[string]) { o.Timeout = time.Hour })
				keys := numbered(2000)
				start := time.Now()
				b.adorn = func(string, *cache.Loaded[string]) { // with the backend's lock
					if time.Since(start) > ttl/2 {
						b.delay = 10 * time.Second
					}
				}
				tt.start(t, b, c, keys)
				synctest.Wait()
				began := time.Now()
				waits := keys[len(keys)-1]
				for _, key := range keys {
					if at := loadsOf(b, key, 0); len(at) == 0 || time.Since(at[len(at)-1]) > ttl/2 {
						waits = key
					}
				}
				for _, key := range []string{waits, "a stranger"} {
					want(t, c, key, key, nil)
				}
				if took := time.Since(began); took > 20*time.Second {
					t.Errorf("two reads took %v, want one load of 10 s each", took)
				}
				pass(10 * time.Minute)
				for _, call := range b.loads() {
					for i := range call.keys {
						if slices.Contains(call.keys[:i], call.keys[i]) {
							t.Fatalf("%q is in a batch twice", call.keys[i])
						}
					}
				}
			})
		})
	}
}

// Keys that were refreshed together stay together, so that a batch costs one call a
// TTL and not more with each.
func TestBatchOfRefreshesStaysOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		c := newCache(t, b, func(o *cache.Options[string]) { o.Jitter = 0.5 })
		keys := numbered(20)
		c.GetMany(t.Context(), keys)
		for _, key := range keys {
			watchOf(t, c, key)
		}
		pass(10 * ttl)
		calls := b.loads()
		if len(calls) < 10 || len(calls) > 30 {
			t.Errorf("%d loads in ten TTLs", len(calls))
		}
		gaps := map[time.Duration]bool{}
		for i, call := range calls {
			if len(call.keys) != len(keys) {
				t.Errorf("load %d is of %d keys, want all %d", i, len(call.keys), len(keys))
			}
			if i > 0 {
				gaps[call.at.Sub(calls[i-1].at)] = true
			}
		}
		if len(gaps) < 3 {
			t.Errorf("the loads come after %v, want them to be spread", gaps)
		}
	})
}
