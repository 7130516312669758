package cache_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux/cache"
)

func TestTTLCountsFromTheStartOfTheLoad(t *testing.T) {
	tests := []struct {
		name  string
		after time.Duration // from the start of the load
		waits bool
	}{
		{"just before its end", ttl - time.Nanosecond, false},
		{"at its end", ttl, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := &backend{delay: 5 * time.Second}
				c := newCache(t, b)
				start := time.Now()
				want(t, c, "k", "k", nil)
				b.set("k", "new")
				pass(tt.after - time.Since(start))
				if tt.waits {
					want(t, c, "k", "new", nil)
				} else {
					wantNow(t, c, "k", "k", nil)
				}
			})
		})
	}
}

// stamped makes a backend whose values tell when their load began.
func stamped(b *backend) *backend {
	b.adorn = func(_ string, l *cache.Loaded[string]) { l.Value = time.Now().Format(time.RFC3339Nano) }
	return b
}

func ageOf(t *testing.T, stamp string) time.Duration {
	t.Helper()
	at, err := time.Parse(time.RFC3339Nano, stamp)
	if err != nil {
		t.Fatal(err)
	}
	return time.Since(at)
}

func TestReadersOfAUsedKeyNeverWaitAndSeeNothingOld(t *testing.T) {
	tests := []struct {
		name               string
		ttl, took, between time.Duration
		jitter             float64
	}{
		{"quick", ttl, 0, 100 * time.Millisecond, -1},
		{"slow", ttl, 5 * time.Second, 100 * time.Millisecond, -1},
		{"slow for its TTL", time.Second, 200 * time.Millisecond, time.Millisecond, 0},
		{"with much jitter", time.Second, 50 * time.Millisecond, time.Millisecond, 0.5},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := stamped(&backend{delay: tt.took})
				c := newCache(t, b, func(o *cache.Options[string]) { o.TTL, o.Jitter = tt.ttl, tt.jitter })
				if _, err := c.Get(t.Context(), "k"); err != nil {
					t.Fatal(err)
				}
				start := time.Now()
				for time.Since(start) < 20*tt.ttl {
					before := time.Now()
					stamp, err := c.Get(t.Context(), "k")
					if waited := time.Since(before); err != nil || waited != 0 {
						t.Fatalf("Get after %v: waited for %v, %v", time.Since(start), waited, err)
					}
					if age := ageOf(t, stamp); age > tt.ttl {
						t.Fatalf("Get after %v: the value is %v old, its TTL is %v", time.Since(start), age, tt.ttl)
					}
					pass(tt.between)
				}
				if n := len(b.loads()); n < 20 || n > 45 {
					t.Errorf("%d loads in 20 TTLs", n)
				}
			})
		})
	}
}

func TestIdleKeyIsNotLoadedAgain(t *testing.T) {
	tests := []struct {
		name         string
		reads, loads int
	}{
		{"read once", 1, 1},
		{"used, and idle from then on", 3, 2}, // one refresh finds out that nobody reads it
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := &backend{}
				c := newCache(t, b)
				for range tt.reads {
					want(t, c, "k", "k", nil)
				}
				pass(24 * time.Hour)
				wantLoads(t, b, tt.loads)
				b.set("k", "new")
				want(t, c, "k", "new", nil)
				wantLoads(t, b, tt.loads+1)
			})
		})
	}
}

func TestWatchedKeyIsRefreshedUnread(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		c := newCache(t, b)
		h, err := c.Watch(t.Context(), "k")
		if err != nil {
			t.Fatal(err)
		}
		pass(refreshed - time.Second)
		b.set("k", "new")
		pass(time.Second)
		synctest.Wait()
		if got := h.Current(); got != "new" {
			t.Errorf("Current() = %q before the TTL ended, want %q", got, "new")
		}
		h.Stop()
		h.Stop()
		pass(24 * time.Hour)
		wantLoads(t, b, 2)
	})
}

func TestNegativeTTLKeepsNothingAndCollapsesReads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{delay: time.Second}
		c := newCache(t, b, func(o *cache.Options[string]) { o.TTL, o.MaxStale = -1, time.Hour })
		h, err := c.Watch(t.Context(), "watched")
		if err != nil {
			t.Fatal(err)
		}
		for range 100 {
			go func() {
				if v, err := c.Get(t.Context(), "k"); v != "k" || err != nil {
					t.Errorf("Get = %q, %v", v, err)
				}
			}()
		}
		pass(2 * time.Second)
		wantLoads(t, b, 2)
		b.set("k", "new")
		b.set("watched", "new")
		want(t, c, "k", "new", nil)
		want(t, c, "watched", "new", nil)
		wantLoads(t, b, 4)
		if got := h.Current(); got != "new" {
			t.Errorf("Current() = %q, want what Get read", got)
		}
		if s := statOf(c, "k"); s.Known {
			t.Errorf("%+v is kept", s)
		}
		b.fail("", errDown)
		want(t, c, "k", "", errDown)
		pass(time.Hour)
		wantLoads(t, b, 5)
	})
}
