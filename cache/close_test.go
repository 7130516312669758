package cache_test

import (
	"context"
	"errors"
	"runtime"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux/cache"
)

func TestEverythingFailsAfterClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		c := newCache(t, b)
		use(t, c, "k", "k")
		h, err := c.Watch(t.Context(), "k")
		if err != nil {
			t.Fatal(err)
		}
		stop := onChange(t, c, "k", nothing)
		if c.Closed() {
			t.Error("Closed() before Close")
		}
		for range 2 {
			if n := c.Close(); n != 0 {
				t.Errorf("Close left %d loads", n)
			}
		}
		want(t, c, "k", "", cache.ErrClosed)
		want(t, c, "cold", "", cache.ErrClosed)
		if r := c.GetMany(t.Context(), []string{"k"}); !errors.Is(r[0].Err, cache.ErrClosed) {
			t.Errorf("GetMany: %v", r[0].Err)
		}
		if err := errors.Join(c.Refresh(t.Context(), "k")...); !errors.Is(err, cache.ErrClosed) {
			t.Errorf("Refresh: %v", err)
		}
		if _, err := c.Watch(t.Context(), "k"); !errors.Is(err, cache.ErrClosed) {
			t.Errorf("Watch: %v", err)
		}
		if _, err := c.OnChange("k", nothing); !errors.Is(err, cache.ErrClosed) {
			t.Errorf("OnChange: %v", err)
		}
		c.Invalidate("k")
		if s := c.Stats(); len(s) != 0 || !c.Closed() {
			t.Errorf("Stats() = %v, Closed() = %v", s, c.Closed())
		}
		h.Stop()
		stop()
		if v := h.Current(); v != "k" {
			t.Errorf("Current() = %q, want the last value", v)
		}
		pass(24 * time.Hour)
		wantLoads(t, b, 1)
	})
}

// A refresh is under way, a Refresh waits behind a Refresh, and the value's end
// is planned.
func TestCloseDuringLoads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		c := newCache(t, b)
		use(t, c, "k", "k")
		b.slow(5 * time.Second)
		pass(refreshed)
		errs := make(chan error, 4)
		go func() { _, err := c.Get(context.Background(), "cold"); errs <- err }()
		for range 3 {
			go func() { errs <- errors.Join(c.Refresh(context.Background(), "k")...) }()
			synctest.Wait()
		}
		start := time.Now()
		if n := c.Close(); n != 0 || time.Since(start) != 0 {
			t.Errorf("Close left %d loads, took %v", n, time.Since(start))
		}
		for range cap(errs) {
			if err := <-errs; !errors.Is(err, cache.ErrClosed) {
				t.Errorf("a reader got %v", err)
			}
		}
	})
}

func TestCloseWaitsForLoadsForASecond(t *testing.T) {
	tests := []struct {
		name         string
		takes, waits time.Duration // of a load to see that ctx has ended, and of Close
		abandoned    int
	}{
		{"that take a moment", 900 * time.Millisecond, 900 * time.Millisecond, 0},
		{"that go on", 2 * time.Second, time.Second, 2},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, err := cache.New(cache.Options[string]{
					TTL: ttl, Equal: func(a, b string) bool { return a == b },
					Load: func(context.Context, *cache.Batch[string]) { time.Sleep(tt.takes) },
				})
				if err != nil {
					t.Fatal(err)
				}
				start := time.Now()
				for _, key := range []string{"a", "b"} {
					go func() {
						if _, err := c.Get(t.Context(), key); !errors.Is(err, cache.ErrClosed) || time.Since(start) != 0 {
							t.Errorf("Get: %v after %v, want it to end with Close", err, time.Since(start))
						}
					}()
				}
				synctest.Wait()
				for range 3 { // the second and third wait for the first
					go func() {
						if n := c.Close(); n != tt.abandoned || time.Since(start) != tt.waits {
							t.Errorf("Close left %d loads after %v, want %d after %v", n, time.Since(start), tt.abandoned, tt.waits)
						}
					}()
				}
				pass(time.Minute)
				if n := c.Close(); n != tt.abandoned {
					t.Errorf("a later Close tells of %d loads, want what the first told", n)
				}
			})
		})
	}
}

// The one test without a bubble, as a bubble has goroutines of its own.
func TestCloseLeavesNoGoroutines(t *testing.T) {
	before := runtime.NumGoroutine()
	for range 1000 {
		b := &backend{}
		c, err := cache.New(cache.Options[string]{Load: b.load, TTL: ttl, Equal: func(a, b string) bool { return a == b }})
		if err != nil {
			t.Fatal(err)
		}
		if v, err := c.Get(t.Context(), "k"); v != "k" || err != nil {
			t.Fatalf("Get = %q, %v", v, err)
		}
		if _, err := c.Watch(t.Context(), "watched"); err != nil {
			t.Fatal(err)
		}
		if _, err := c.OnChange("told", nothing); err != nil {
			t.Fatal(err)
		}
		if n := c.Close(); n != 0 {
			t.Fatalf("Close left %d loads", n)
		}
	}
	for start := time.Now(); time.Since(start) < 10*time.Second; { // those that end need a moment for it
		if runtime.NumGoroutine() <= before {
			return
		}
		runtime.Gosched()
	}
	t.Errorf("%d goroutines, %d before", runtime.NumGoroutine(), before)
}

func TestNewRefusesBadOptions(t *testing.T) {
	good := func() cache.Options[string] {
		return cache.Options[string]{Load: (&backend{}).load, Equal: func(a, b string) bool { return a == b }, TTL: ttl}
	}
	tests := []struct {
		name  string
		spoil func(*cache.Options[string])
	}{
		{"no Load", func(o *cache.Options[string]) { o.Load = nil }},
		{"no Equal", func(o *cache.Options[string]) { o.Equal = nil }},
		{"no TTL", func(o *cache.Options[string]) { o.TTL = 0 }},
		{"negative MaxStale", func(o *cache.Options[string]) { o.MaxStale = -1 }},
		{"negative Timeout", func(o *cache.Options[string]) { o.Timeout = -1 }},
		{"negative MaxEntries", func(o *cache.Options[string]) { o.MaxEntries = -1 }},
		{"too much jitter", func(o *cache.Options[string]) { o.Jitter = 0.51 }},
	}
	for _, tt := range tests {
		opts := good()
		tt.spoil(&opts)
		if _, err := cache.New(opts); err == nil {
			t.Errorf("%s: New returned no error", tt.name)
		}
	}
	if _, err := cache.New(good()); err != nil {
		t.Errorf("New: %v", err)
	}
}
