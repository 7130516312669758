package cache_test

import (
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"runtime"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux/cache"
)

func digestOf(value string) (digest [16]byte) {
	h := fnv.New128a()
	h.Write([]byte(value))
	return [16]byte(h.Sum(nil))
}

// What Validate refuses must not get in because the value before it was dropped.
func TestValidateOutlivesTheValue(t *testing.T) {
	tests := []struct {
		name   string
		adjust func(*cache.Options[string])
		drop   func(t *testing.T, b *backend, c *cache.Cache[string])
	}{
		{"after Invalidate", nil, func(_ *testing.T, _ *backend, c *cache.Cache[string]) { c.Invalidate("k") }},
		{"after an outage", nil, func(t *testing.T, b *backend, c *cache.Cache[string]) {
			b.fail("", errDown)
			pass(ttl)
			want(t, c, "k", "", errDown)
			b.fail("", nil)
		}},
		{"after a broken answer", nil, func(t *testing.T, b *backend, c *cache.Cache[string]) {
			b.fail("k", errBroken)
			pass(ttl)
			want(t, c, "k", "", errBroken)
			b.fail("k", nil)
		}},
		{"after it was gone", withNegativeTTL, func(t *testing.T, b *backend, c *cache.Cache[string]) {
			b.fail("k", errGone)
			pass(ttl)
			want(t, c, "k", "", errGone)
			b.fail("k", nil)
			pass(time.Minute)
		}},
		{"where nothing is kept", func(o *cache.Options[string]) { o.TTL = -1 }, func(*testing.T, *backend, *cache.Cache[string]) {}},
		{"after it was driven out", func(o *cache.Options[string]) { o.MaxEntries = 10 }, func(t *testing.T, _ *backend, c *cache.Cache[string]) {
			for i := range 9 {
				for range 3 { // used, so that k is the one that goes
					want(t, c, fmt.Sprint(i), fmt.Sprint(i), nil)
				}
			}
			for i := range 5 {
				want(t, c, fmt.Sprint("more", i), fmt.Sprint("more", i), nil)
			}
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := &backend{}
				var refuse atomic.Bool
				var asked []cache.Change[string]
				c := newCache(t, b, func(o *cache.Options[string]) {
					o.Digest = digestOf
					o.Validate = func(_ context.Context, ch cache.Change[string]) error {
						asked = append(asked, ch)
						if refuse.Load() {
							return errBroken
						}
						return nil
					}
					if tt.adjust != nil {
						tt.adjust(o)
					}
				})
				want(t, c, "k", "k", nil)
				tt.drop(t, b, c)
				want(t, c, "k", "k", nil)
				if len(asked) != 0 {
					t.Fatalf("asked about the same value: %+v", asked)
				}
				tt.drop(t, b, c)
				refuse.Store(true)
				b.set("k", "bad")
				want(t, c, "k", "", cache.ErrRefused)
				if err := c.Refresh(t.Context(), "k")[0]; !errors.Is(err, errBroken) {
					t.Errorf("Refresh: %v", err)
				}
				if len(asked) == 0 || asked[0].Old != "" || asked[0].New != "bad" || asked[0].Key != "k" {
					t.Errorf("asked %+v, want a zero Old", asked)
				}
				refuse.Store(false)
				want(t, c, "k", "bad", nil)
			})
		})
	}
}

// getRefused begins a Get of k that must not return a value. It returns when the Get waits.
func getRefused(t *testing.T, c *cache.Cache[string]) (done chan error) {
	t.Helper()
	done = make(chan error)
	go func() {
		v, err := c.Get(t.Context(), "k")
		if v != "" {
			t.Errorf("Get = %q, which was refused", v)
		}
		done <- err
	}()
	synctest.Wait()
	return done
}

// A load that was overtaken is still the answer for its own callers.
func TestValidateIsAskedAboutAnOvertakenLoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, g := &backend{}, &gate{}
		c := newCache(t, b, g.option, func(o *cache.Options[string]) { o.Digest = digestOf })
		want(t, c, "k", "k", nil)
		pass(ttl)
		g.refuse.Store(true)
		b.set("k", "bad")
		resume := b.stop()
		done := getRefused(t, c)
		c.Invalidate("k")
		resume()
		if err := <-done; !errors.Is(err, cache.ErrRefused) {
			t.Errorf("Get: %v", err)
		}
	})
}

// What has overtaken it may be over when it lands, and is then no answer any more, even if
// no timer has looked at it.
func TestValidateIsAskedWhenTheNewerValueIsOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, g := &backend{}, &gate{}
		c := newCache(t, b, g.option, func(o *cache.Options[string]) { o.Digest, o.Timeout = digestOf, 3*ttl })
		want(t, c, "k", "k", nil)
		pass(ttl)
		b.set("k", "bad")
		resume := b.stop()
		done := getRefused(t, c)
		b.set("k", "k")
		b.stop()()
		if err := errors.Join(c.Refresh(t.Context(), "k")...); err != nil {
			t.Errorf("Refresh: %v", err)
		}
		pass(ttl + time.Second)
		g.refuse.Store(true)
		resume()
		if err := <-done; !errors.Is(err, cache.ErrRefused) {
			t.Errorf("Get: %v", err)
		}
	})
}

// Without a way to tell contents apart, each value that comes back is asked about.
func TestValidateWithoutDigest(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, g := &backend{}, &gate{}
		c := newCache(t, b, g.option)
		want(t, c, "k", "k", nil)
		if n := g.asked.Load(); n != 0 {
			t.Errorf("asked %d times about a first value", n)
		}
		g.refuse.Store(true)
		c.Invalidate("k")
		want(t, c, "k", "", cache.ErrRefused)
	})
}

func TestWhatWasAcceptedIsRememberedOfMaxEntries(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const limit = 20
		b, g := &backend{}, &gate{}
		c := newCache(t, b, g.option, func(o *cache.Options[string]) { o.MaxEntries, o.Digest = limit, digestOf })
		for i := range 1000 {
			want(t, c, fmt.Sprint(i), fmt.Sprint(i), nil)
			if n := c.Accepted(); n > 2*limit {
				t.Fatalf("%d are remembered, want at most %d and those that are kept", n, limit)
			}
		}
	})
}

// Its time is a bound whatever it does: no reader hangs, what was known goes on, and
// no second call is made while the first one has not returned.
func TestValidateThatIgnoresItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, free := &backend{}, make(chan struct{})
		var calls atomic.Int32
		c := newCache(t, b, func(o *cache.Options[string]) {
			o.Timeout = 2 * time.Second
			o.Validate = func(context.Context, cache.Change[string]) error {
				calls.Add(1)
				<-free
				return nil
			}
		})
		use(t, c, "k", "k")
		b.set("k", "new")
		start := time.Now()
		err := c.Refresh(t.Context(), "k")[0]
		if took := time.Since(start); !errors.Is(err, cache.ErrRefused) || !errors.Is(err, cache.ErrTimeout) || took != 2200*time.Millisecond {
			t.Errorf("Refresh: %v after %v", err, took)
		}
		for range 10 * ttl / time.Second {
			wantNow(t, c, "k", "k", nil)
			pass(time.Second)
		}
		if n := calls.Load(); n != 1 {
			t.Errorf("%d calls, while the first one has not returned", n)
		}
		close(free)
		pass(2 * time.Minute)
		want(t, c, "k", "new", nil)
	})
}

// What a test's t.FailNow does.
func TestValidateThatEndsItsGoroutine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		c := newCache(t, b, func(o *cache.Options[string]) {
			o.Validate = func(context.Context, cache.Change[string]) error {
				runtime.Goexit()
				return nil
			}
		})
		want(t, c, "k", "k", nil)
		b.set("k", "new")
		if err := c.Refresh(t.Context(), "k")[0]; !errors.Is(err, cache.ErrPanic) {
			t.Errorf("Refresh: %v", err)
		}
		want(t, c, "k", "k", nil)
	})
}
