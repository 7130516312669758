package cache_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux/cache"
)

// Close does not wait for callbacks, Shutdown does.
func TestShutdownWaitsForCallbacks(t *testing.T) {
	takes := func(d time.Duration) func(context.Context, cache.Change[string]) error {
		return func(context.Context, cache.Change[string]) error {
			time.Sleep(d)
			return nil
		}
	}
	tests := []struct {
		name  string
		call  func(context.Context, cache.Change[string]) error
		err   error
		takes time.Duration
	}{
		{"that honours its context", block, nil, 0},
		{"that takes its time", takes(2 * time.Second), nil, 2 * time.Second},
		{"that runs longer than ctx", takes(time.Hour), context.DeadlineExceeded, 3 * time.Second},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := &backend{}
				c := newCache(t, b)
				onChange(t, c, "k", tt.call)
				change(t, b, c, "k", "v1")
				change(t, b, c, "k", "v2")
				start := time.Now()
				if n := c.Close(); n != 0 || time.Since(start) != 0 {
					t.Errorf("Close left %d loads after %v", n, time.Since(start))
				}
				ctx, cancel := context.WithTimeout(t.Context(), 3*time.Second)
				defer cancel()
				if err := c.Shutdown(ctx); !errors.Is(err, tt.err) || time.Since(start) != tt.takes {
					t.Errorf("Shutdown: %v after %v, want %v after %v", err, time.Since(start), tt.err, tt.takes)
				}
				pass(2 * time.Hour)
				if err := c.Shutdown(ctx); err != nil {
					t.Errorf("Shutdown after the callback had ended: %v", err)
				}
			})
		})
	}
}

func TestShutdownWaitsForValidateAndObserve(t *testing.T) {
	tests := []struct {
		name string
		with func(wait func()) func(*cache.Options[string])
	}{
		{"Validate", func(wait func()) func(*cache.Options[string]) {
			return func(o *cache.Options[string]) {
				o.Validate = func(context.Context, cache.Change[string]) error { wait(); return nil }
			}
		}},
		{"Observe", func(wait func()) func(*cache.Options[string]) {
			return func(o *cache.Options[string]) {
				o.Observe = func(e cache.Event[string]) {
					if e.Kind == cache.KindRotated || e.Kind == cache.KindStaleBegan {
						wait()
					}
				}
			}
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := &backend{}
				ended := false
				c := newCache(t, b, tt.with(func() { time.Sleep(5 * time.Second); ended = true }))
				use(t, c, "k", "k")
				b.set("k", "new")
				pass(refreshed)
				start := time.Now()
				if n := c.Close(); n != 0 || time.Since(start) != 0 {
					t.Errorf("Close left %d loads after %v", n, time.Since(start))
				}
				if err := c.Shutdown(t.Context()); err != nil || !ended {
					t.Errorf("Shutdown: %v, and the call has ended: %v", err, ended)
				}
			})
		})
	}
}

// Close in a goroutine that a call waits for is as good as in the call itself.
func TestCloseFromWithin(t *testing.T) {
	tests := []struct {
		name  string
		takes time.Duration
		with  func(closes func()) func(*cache.Options[string])
	}{
		{"Validate", 0, func(closes func()) func(*cache.Options[string]) {
			return func(o *cache.Options[string]) {
				o.Validate = func(context.Context, cache.Change[string]) error { closes(); return nil }
			}
		}},
		{"Observe", 0, func(closes func()) func(*cache.Options[string]) {
			return func(o *cache.Options[string]) {
				o.Observe = func(e cache.Event[string]) {
					if e.Kind == cache.KindRotated {
						closes()
					}
				}
			}
		}},
		{"Load", time.Second, func(closes func()) func(*cache.Options[string]) { // which waits for itself
			return func(o *cache.Options[string]) {
				load := o.Load
				o.Load = func(ctx context.Context, b *cache.Batch[string]) {
					if b.Purpose == cache.PurposeRefresh {
						closes()
					}
					load(ctx, b)
				}
			}
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := &backend{}
				var c *cache.Cache[string]
				var took []time.Duration
				opts := func(o *cache.Options[string]) {
					tt.with(func() {
						start, done := time.Now(), make(chan struct{})
						go func() { c.Close(); close(done) }()
						c.Close()
						<-done
						took = append(took, time.Since(start))
					})(o)
				}
				c, err := cache.New(func() cache.Options[string] {
					o := cache.Options[string]{Load: b.load, TTL: ttl, Jitter: -1, Equal: func(a, b string) bool { return a == b }}
					opts(&o)
					return o
				}())
				if err != nil {
					t.Fatal(err)
				}
				use(t, c, "k", "k")
				b.set("k", "new")
				pass(ttl)
				want(t, c, "k", "", cache.ErrClosed)
				if len(took) != 1 || took[0] != tt.takes {
					t.Errorf("closed after %v, want once after %v", took, tt.takes)
				}
			})
		})
	}
}

// A load that ends after Close reports nothing.
func TestNothingIsObservedAfterClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		c := newCache(t, b)
		use(t, c, "k", "k")
		b.slow(500 * time.Millisecond)
		pass(refreshed)
		c.Close()
		seen := len(b.seen(cache.KindRefreshDone)) + len(b.seen(cache.KindLoadDone))
		pass(time.Hour)
		if n := len(b.seen(cache.KindRefreshDone)) + len(b.seen(cache.KindLoadDone)); n != seen || n != 1 {
			t.Errorf("%d events, %d when Close returned", n, seen)
		}
	})
}

// A slow Observe holds up no expiry.
func TestSlowObserveDoesNotKeepValuesOnTheHitPath(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		c := newCache(t, b, withStale, func(o *cache.Options[string]) {
			o.Observe = func(e cache.Event[string]) {
				if e.Kind == cache.KindStaleBegan {
					time.Sleep(time.Hour)
				}
			}
		})
		for i := range 10 {
			use(t, c, numbered(10)[i], numbered(10)[i])
			pass(time.Second)
		}
		b.fail("", errDown)
		pass(2 * ttl)
		for _, s := range c.Stats() {
			if s.Served {
				t.Errorf("%+v", s)
			}
		}
		want(t, c, numbered(10)[9], "", errDown)
		b.fail("", nil)
		pass(3 * time.Hour)
	})
}

// What happened before Close is told, and Shutdown waits until it was: an audit trail
// must not lose its end.
func TestShutdownWaitsUntilAllIsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		c := newCache(t, b, func(o *cache.Options[string]) {
			o.Load = func(ctx context.Context, batch *cache.Batch[string]) {
				b.load(ctx, batch)
				time.Sleep(time.Second / 2) // after its reader has gone
			}
		})
		want(t, c, "k", "k", nil)
		if err := c.Shutdown(t.Context()); err != nil {
			t.Fatal(err)
		}
		if n := len(b.seen(cache.KindLoadDone)); n != 1 {
			t.Errorf("%d events of the load were told, want one", n)
		}
	})
}
