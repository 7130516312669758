package cache_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux/cache"
)

func watchOf(t *testing.T, c *cache.Cache[string], key string) *cache.Handle[string] {
	t.Helper()
	h, err := c.Watch(t.Context(), key)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

// wantRenew fails the test unless Renew(used) says this, and how long it took.
func wantRenew(t *testing.T, h *cache.Handle[string], used string, changed bool, want error) {
	t.Helper()
	if got, err := h.Renew(t.Context(), used); got != changed || !errors.Is(err, want) {
		t.Errorf("Renew(%q) = %v, %v, want %v, %v", used, got, err, changed, want)
	}
}

func TestRenewOfAnotherValueIsTrueAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		c := newCache(t, b)
		h := watchOf(t, c, "k")
		change(t, b, c, "k", "new")
		wantRenew(t, h, "k", true, nil)
		wantLoads(t, b, 2)
	})
}

func TestRenewsShareALoadAndSeeTheNewValue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{delay: time.Second}
		c := newCache(t, b)
		h := watchOf(t, c, "k")
		b.set("k", "new")
		var wg sync.WaitGroup
		for range 200 {
			wg.Go(func() { wantRenew(t, h, "k", true, nil) })
		}
		wg.Wait()
		wantLoads(t, b, 2)
		wantRenew(t, h, "k", true, nil)
		wantLoads(t, b, 2)
	})
}

// The new value comes after Renew has compared the current one, and before it looks
// for a load: that costs no other.
func TestRenewSeesAValueThatLandsMeanwhile(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		var c *cache.Cache[string]
		var lands bool
		c = newCache(t, b, func(o *cache.Options[string]) {
			o.Equal = func(x, y string) bool {
				if lands {
					lands = false
					_ = c.Refresh(t.Context(), "k")
				}
				return x == y
			}
		})
		h := watchOf(t, c, "k")
		b.set("k", "new")
		lands = true
		wantRenew(t, h, "k", true, nil)
		wantLoads(t, b, 2)
	})
}

// Each load that brings nothing new makes the pause before the next one longer.
func TestRenewPauses(t *testing.T) {
	for _, failure := range []error{nil, errBroken, errDown} {
		t.Run(fmt.Sprint(failure), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := &backend{}
				c := newCache(t, b, withFields)
				b.set("doc", "a=1 b=1")
				h, other := watchOf(t, c, "doc#a"), watchOf(t, c, "doc#b")
				b.fail("", failure)
				start, loads := time.Now(), len(b.loads())
				var at []time.Duration
				for time.Since(start) < 30*time.Second {
					handle, used := h, "1"
					if len(at)%2 == 1 {
						handle = other // the pause is the document's
					}
					_, err := handle.Renew(t.Context(), used)
					n := len(b.loads())
					if n > loads {
						at, loads = append(at, time.Since(start)), n
						if !errors.Is(err, failure) {
							t.Errorf("Renew: %v, want %v", err, failure)
						}
					} else if err != nil {
						t.Errorf("Renew within the pause: %v", err)
					}
					time.Sleep(10 * time.Millisecond)
				}
				next := time.Duration(0)
				for i, pause := range []int{100, 200, 400, 800, 1600, 3200, 5000, 5000, 5000} {
					if at[i] != next {
						t.Fatalf("load %d came after %v, want %v: %v", i, at[i], next, at)
					}
					next += time.Duration(pause) * time.Millisecond
				}
			})
		})
	}
}

func TestRenewPauseEndsWithAChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		c := newCache(t, b)
		h := watchOf(t, c, "k")
		for range 10 {
			wantRenew(t, h, "k", false, nil)
			time.Sleep(10 * time.Second)
		}
		wantRenew(t, h, "k", false, nil)
		change(t, b, c, "k", "new")
		before := len(b.loads())
		wantRenew(t, h, "new", false, nil)
		wantLoads(t, b, before+1)
	})
}

// A value that a lagging replica answers is not a new one, however often a caller
// says that the current one was refused.
func TestRenewKeepsGrace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		b.set("k", "v2")
		c := newCache(t, b, withGrace)
		h := watchOf(t, c, "k")
		b.set("k", "v1")
		for range 20 {
			wantRenew(t, h, "v2", false, nil)
			time.Sleep(5 * time.Second)
		}
		if h.Current() != "v2" {
			t.Errorf("Current() = %q", h.Current())
		}
	})
}

func TestRenewSkipsTheBackoff(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		c := newCache(t, b, withStale)
		h := watchOf(t, c, "k")
		b.fail("", errDown)
		pass(ttl)
		b.fail("", nil)
		b.set("k", "new")
		before := len(b.loads())
		wantRenew(t, h, "k", true, nil)
		wantLoads(t, b, before+1)
	})
}

func TestRenewEnds(t *testing.T) {
	tests := []struct {
		name string
		end  func(c *cache.Cache[string], h *cache.Handle[string], cancel func())
		want error
	}{
		{"ctx", func(_ *cache.Cache[string], _ *cache.Handle[string], cancel func()) { cancel() }, context.Canceled},
		{"Close", func(c *cache.Cache[string], _ *cache.Handle[string], _ func()) { c.Close() }, cache.ErrClosed},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := &backend{}
				c := newCache(t, b)
				h := watchOf(t, c, "k")
				b.slow(time.Minute)
				ctx, cancel := context.WithCancel(t.Context())
				defer cancel()
				done := make(chan struct{})
				go func() {
					defer close(done)
					if changed, err := h.Renew(ctx, "k"); changed || !errors.Is(err, tt.want) {
						t.Errorf("Renew = %v, %v, want %v", changed, err, tt.want)
					}
				}()
				time.Sleep(time.Second)
				start := time.Now()
				tt.end(c, h, cancel)
				<-done
				if took := time.Since(start); took != 0 {
					t.Errorf("it took %v to end", took)
				}
				if _, err := h.Renew(ctx, "k"); !errors.Is(err, tt.want) {
					t.Errorf("a further Renew: %v, want %v", err, tt.want)
				}
			})
		})
	}
}

func TestRenewAfterStop(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		c := newCache(t, b)
		h, other := watchOf(t, c, "k"), watchOf(t, c, "k")
		h.Stop()
		wantRenew(t, h, "k", false, cache.ErrClosed)
		wantRenew(t, h, "another", false, cache.ErrClosed)
		wantRenew(t, other, "k", false, nil)
		wantLoads(t, b, 2)
	})
}
