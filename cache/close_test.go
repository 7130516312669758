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
			if err := c.Close(); err != nil {
				t.Errorf("Close: %v", err)
			}
		}
		want(t, c, "k", "", cache.ErrClosed)
		want(t, c, "cold", "", cache.ErrClosed)
		if r := c.GetMany(t.Context(), []string{"k"}); !errors.Is(r[0].Err, cache.ErrClosed) {
			t.Errorf("GetMany: %v", r[0].Err)
		}
		if err := c.Refresh(t.Context(), "k"); !errors.Is(err, cache.ErrClosed) {
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
			go func() { errs <- c.Refresh(context.Background(), "k") }()
			synctest.Wait()
		}
		start := time.Now()
		if err := c.Close(); err != nil || time.Since(start) != 0 {
			t.Errorf("Close: %v, took %v", err, time.Since(start))
		}
		for range cap(errs) {
			if err := <-errs; !errors.Is(err, cache.ErrClosed) {
				t.Errorf("a reader got %v", err)
			}
		}
	})
}

func TestCloseWaitsForLoads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCache(t, &backend{}, func(o *cache.Options[string]) {
			o.Load = func(context.Context, []string) []cache.Loaded[string] {
				time.Sleep(2 * time.Second) // it takes a while to see that ctx has ended
				return make([]cache.Loaded[string], 1)
			}
		})
		go func() {
			if _, err := c.Get(t.Context(), "k"); !errors.Is(err, cache.ErrClosed) {
				t.Errorf("Get: %v", err)
			}
		}()
		synctest.Wait()
		start := time.Now()
		if err := c.Close(); err != nil || time.Since(start) != 2*time.Second {
			t.Errorf("Close: %v, took %v", err, time.Since(start))
		}
	})
}

func TestCloseWaitsForCallbacks(t *testing.T) {
	tests := []struct {
		name  string
		call  func(context.Context, cache.Change[string]) error
		err   error
		takes time.Duration
	}{
		{"that honours its context", block, nil, 0},
		{"that takes its time", func(context.Context, cache.Change[string]) error {
			time.Sleep(2 * time.Second)
			return nil
		}, nil, 2 * time.Second},
		{"that blocks", func(context.Context, cache.Change[string]) error {
			time.Sleep(time.Hour)
			return nil
		}, cache.ErrBusy, 3 * time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := &backend{}
				c, err := cache.New(cache.Options[string]{
					Load: b.load, TTL: ttl, Timeout: 3 * time.Second, Equal: func(a, b string) bool { return a == b },
				})
				if err != nil {
					t.Fatal(err)
				}
				onChange(t, c, "k", tt.call)
				change(t, b, c, "k", "v1")
				change(t, b, c, "k", "v2")
				start := time.Now()
				for i := range 2 {
					if err := c.Close(); !errors.Is(err, tt.err) {
						t.Errorf("Close %d: %v, want %v", i+1, err, tt.err)
					}
				}
				if took := time.Since(start); took != tt.takes && took != 2*tt.takes {
					t.Errorf("Close took %v, want %v", took, tt.takes)
				}
				pass(time.Hour)
				if err := c.Close(); err != nil {
					t.Errorf("Close after the callback had ended: %v", err)
				}
			})
		})
	}
}

func TestCloseFromWithin(t *testing.T) {
	tests := []struct {
		name string
		with func(closes func()) func(*cache.Options[string])
	}{
		{"Validate", func(closes func()) func(*cache.Options[string]) {
			return func(o *cache.Options[string]) {
				o.Validate = func(context.Context, cache.Change[string]) error { closes(); return nil }
			}
		}},
		{"Observe", func(closes func()) func(*cache.Options[string]) {
			return func(o *cache.Options[string]) {
				o.Observe = func(e cache.Event[string]) {
					if e.Kind == cache.Rotated {
						closes()
					}
				}
			}
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := &backend{}
				var c *cache.Cache[string]
				closed := 0
				c = newCache(t, b, tt.with(func() {
					closed++
					if err := c.Close(); err != nil {
						t.Errorf("Close: %v", err)
					}
				}))
				use(t, c, "k", "k")
				b.set("k", "new")
				pass(ttl)
				want(t, c, "k", "", cache.ErrClosed)
				if closed != 1 {
					t.Errorf("closed %d times", closed)
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
		if err := c.Close(); err != nil {
			t.Fatal(err)
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
