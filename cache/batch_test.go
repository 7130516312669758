package cache_test

import (
	"context"
	"errors"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux/cache"
)

func TestColdKeysOfOneCallAreOneBatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		c := newCache(t, b, withFields)
		want(t, c, "kept", "kept", nil)
		b.set("doc", "a=1 b=2")
		keys := []string{"x", "doc#a", "kept", "y", "doc#b", "x", "doc#"}
		results := c.GetMany(t.Context(), keys)
		for i, value := range []string{"x", "1", "kept", "y", "2", "x", ""} {
			if r := results[i]; r.Value != value || (r.Err != nil) != (value == "") {
				t.Errorf("%q: %q, %v, want %q", keys[i], r.Value, r.Err, value)
			}
		}
		wantLoads(t, b, 2)
		if got := b.loads()[1].keys; !slices.Equal(got, []string{"x", "doc", "y"}) {
			t.Errorf("loaded %q", got)
		}
		if results := c.GetMany(t.Context(), nil); len(results) != 0 {
			t.Errorf("GetMany of nothing: %v", results)
		}
	})
}

func TestLargeBatchesAreDividedAndFourLoadAtATime(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{delay: time.Second}
		var running, most atomic.Int32
		c := newCache(t, b, func(o *cache.Options[string]) {
			o.Load = func(ctx context.Context, batch *cache.Batch[string]) {
				now := running.Add(1)
				defer running.Add(-1)
				for old := most.Load(); now > old && !most.CompareAndSwap(old, now); old = most.Load() {
				}
				b.load(ctx, batch)
			}
		})
		keys := numbered(950)
		start := time.Now()
		for i, r := range c.GetMany(t.Context(), keys) {
			if r.Value != keys[i] || r.Err != nil {
				t.Fatalf("%q: %q, %v", keys[i], r.Value, r.Err)
			}
		}
		if took := time.Since(start); took != 3*time.Second {
			t.Errorf("ten batches took %v, want three rounds", took)
		}
		wantLoads(t, b, 10)
		for _, call := range b.loads() {
			if n := len(call.keys); n > 100 {
				t.Errorf("a batch of %d keys", n)
			}
		}
		if n := most.Load(); n != 4 {
			t.Errorf("%d batches at a time, want 4", n)
		}
	})
}

func TestRefreshesThatFallDueTogetherAreOneLoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		c := newCache(t, b)
		keys := numbered(90)
		for _, key := range keys { // one load each, within a slack
			use(t, c, key, key)
			pass(10 * time.Millisecond)
		}
		pass(ttl - time.Second)
		wantLoads(t, b, len(keys)+1)
		if n := len(b.loads()[len(keys)].keys); n != len(keys) {
			t.Errorf("%d of %d keys were refreshed together", n, len(keys))
		}
	})
}

func TestKeysOfABatchFailAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		c := newCache(t, b, withNegativeTTL)
		b.fail("gone", errGone)
		b.fail("down", errDown)
		results := c.GetMany(t.Context(), []string{"fine", "gone", "down"})
		for i, err := range []error{nil, errGone, errDown} {
			if !errors.Is(results[i].Err, err) {
				t.Errorf("%d: %v, want %v", i, results[i].Err, err)
			}
		}
		wantNow(t, c, "fine", "fine", nil)
		want(t, c, "gone", "", errGone)
		wantLoads(t, b, 1)
	})
}

// A reader of one key must not wait for other batches.
func TestReaderWaitsForItsOwnBatchAlone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{delay: time.Second}
		c := newCache(t, b)
		go c.GetMany(t.Context(), numbered(1000))
		synctest.Wait()
		start := time.Now()
		want(t, c, "k", "k", nil)
		if took := time.Since(start); took != time.Second {
			t.Errorf("Get took %v", took)
		}
	})
}
