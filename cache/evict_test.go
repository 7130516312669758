package cache

import (
	"context"
	"errors"
	"strconv"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

func withLimit(limit int) func(*Options[string]) {
	return func(o *Options[string]) { o.MaxEntries = limit }
}

func (c *Cache[V]) count() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.table.Load().count
}

func TestMaxEntriesBoundsTheTable(t *testing.T) {
	for _, limit := range []int{1, 2, 10, 100} {
		synctest.Test(t, func(t *testing.T) {
			c := newEcho(t, withLimit(limit))
			for i := range 1000 {
				wantEcho(t, c, strconv.Itoa(i))
				wantEcho(t, c, strconv.Itoa(i/2))
				if n := c.count(); n > limit {
					t.Fatalf("%d keys are kept, want at most %d", n, limit)
				}
			}
		})
	}
}

func TestUsedAndWatchedKeysSurvive(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		loads := map[string]int{}
		c := newEcho(t, func(o *Options[string]) {
			o.MaxEntries = 100
			o.Load = func(ctx context.Context, b *Batch[string]) {
				for _, key := range b.Keys {
					loads[key]++
				}
				echo(ctx, b)
			}
			o.View = func(key string) (string, func(string) (string, error), error) {
				if key[0] != '#' {
					return key, nil, nil
				}
				return "doc", func(string) (string, error) { return "value of " + key, nil }, nil
			}
		})
		if _, err := c.Watch(t.Context(), "watched"); err != nil {
			t.Fatal(err)
		}
		for i := range 5000 {
			wantEcho(t, c, "cold "+strconv.Itoa(i))
			for _, key := range []string{"used", "#1", "#2", "#3", "#4", "#5", "#6", "#7", "#8"} {
				wantEcho(t, c, key)
			}
		}
		for _, key := range []string{"watched", "used", "doc"} {
			if loads[key] != 1 {
				t.Errorf("%q was loaded %d times, want once", key, loads[key])
			}
		}
	})
}

// What can't be dropped makes the table grow over its limit. It comes back when
// it can.
func TestTableShrinksToItsLimitAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const limit, many = 10, 500
		c := newEcho(t, withLimit(limit))
		keys := make([]string, many)
		for i := range keys {
			keys[i] = strconv.Itoa(i)
		}
		c.GetMany(t.Context(), keys) // all are being loaded
		if n := c.count(); n != many {
			t.Fatalf("%d keys are kept, want %d", n, many)
		}
		wantEcho(t, c, "one more")
		if n := c.count(); n != limit {
			t.Errorf("%d keys are kept, want %d", n, limit)
		}
		var handles []*Handle[string]
		for i := range many {
			h, err := c.Watch(t.Context(), "watched "+strconv.Itoa(i))
			if err != nil {
				t.Fatal(err)
			}
			handles = append(handles, h)
		}
		if n := c.count(); n < many {
			t.Errorf("%d of %d watched keys are kept", n, many)
		}
		for _, h := range handles {
			h.Stop()
		}
		wantEcho(t, c, "another")
		if n := c.count(); n > limit {
			t.Errorf("%d keys are kept, want at most %d", n, limit)
		}
	})
}

// A key that the sweep has taken off the hit path has no timer that ends it.
func TestStaleValueEndsAlsoAfterASecondChance(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		errDown := errors.New("down")
		var down atomic.Bool
		c := newEcho(t, func(o *Options[string]) {
			o.MaxStale, o.Judge = time.Hour, func(error) Verdict { return VerdictTransient }
			o.Load = func(ctx context.Context, b *Batch[string]) {
				if down.Load() {
					b.Settle(0, Loaded[string]{Err: errDown})
				}
				echo(ctx, b)
			}
		})
		wantEcho(t, c, "k")
		wantEcho(t, c, "k")
		down.Store(true)
		time.Sleep(time.Hour + time.Minute)
		wantEcho(t, c, "k")
		c.mu.Lock()
		d := c.table.Load().find("k").doc
		d.cool()
		c.planLocked(d)
		c.mu.Unlock()
		time.Sleep(time.Hour)
		if v, err := c.Get(t.Context(), "k"); !errors.Is(err, errDown) {
			t.Errorf("Get = %q, %v past MaxStale", v, err)
		}
	})
}

// Thousands of cold keys in one call meet a full table, where nothing can be dropped.
// Each must not look through all of it: eight times the keys would take 64 times as long.
func TestFullTableOfLoadsIsNotLookedThroughForEachKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		hold := make(chan struct{})
		c := newEcho(t, func(o *Options[string]) {
			o.MaxEntries, o.Timeout = 1, time.Hour
			o.Load = func(ctx context.Context, b *Batch[string]) {
				<-hold
				echo(ctx, b)
			}
		})
		keys := make([]string, 16_000)
		for i := range keys {
			keys[i] = strconv.Itoa(i)
		}
		go c.GetMany(t.Context(), keys)
		synctest.Wait()
		for i := range 100 {
			c.mu.Lock()
			before := c.sweep
			c.mu.Unlock()
			go func() { _, _ = c.Get(t.Context(), "more"+strconv.Itoa(i)) }()
			synctest.Wait()
			c.mu.Lock()
			if looked := c.sweep - before; looked > sweepNear {
				t.Errorf("looked at %d of %d buckets", looked, len(c.table.Load().buckets))
			}
			c.mu.Unlock()
		}
		close(hold)
		synctest.Wait()
	})
}

func TestIdleKeysSetNoTimer(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newEcho(t, nil)
		wants := func(docs int, when string) {
			t.Helper()
			synctest.Wait()
			c.mu.Lock()
			defer c.mu.Unlock()
			if n := len(c.schedule); n != docs || c.timer.isSet != (docs > 0) {
				t.Errorf("%s: %d keys are scheduled, timer set: %v, want %d", when, n, c.timer.isSet, docs)
			}
		}
		wantEcho(t, c, "once")
		wants(0, "after a first read")
		wantEcho(t, c, "used")
		wantEcho(t, c, "used")
		wants(1, "while a key is used")
		time.Sleep(time.Hour)
		wants(0, "after a TTL without a read")
		h, err := c.Watch(t.Context(), "watched")
		if err != nil {
			t.Fatal(err)
		}
		wants(1, "while a key is watched")
		h.Stop()
		wants(0, "after the watch")
		wantEcho(t, c, "used")
		wantEcho(t, c, "used")
		c.Invalidate("used")
		wants(0, "after Invalidate")
		if c.workers != 0 || len(c.ready) != 0 {
			t.Error("there are workers")
		}
	})
}
