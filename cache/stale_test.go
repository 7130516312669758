package cache_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux/cache"
)

const maxStale = 30 * time.Second

func withStale(o *cache.Options[string]) { o.MaxStale = maxStale }

func TestTransientFailureServesStaleForMaxStale(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		c := newCache(t, b, withStale)
		use(t, c, "k", "k")
		b.fail("", errDown)
		pass(ttl - time.Second)
		wantNow(t, c, "k", "k", nil)
		if s := statOf(c, "k"); s.Stale || !s.Served || s.Failures == 0 || !errors.Is(s.Err, errDown) {
			t.Errorf("before the TTL ended: %+v", s)
		}
		if n := len(b.seen(cache.KindStaleBegan)); n != 0 {
			t.Errorf("%d StaleBegan before the TTL ended", n)
		}
		pass(time.Second)
		for range maxStale / time.Second {
			wantNow(t, c, "k", "k", nil)
			if s := statOf(c, "k"); !s.Stale || !s.Served || !errors.Is(s.Err, errDown) {
				t.Fatalf("past the TTL: %+v", s)
			}
			pass(time.Second)
		}
		if s := statOf(c, "k"); s.Stale || s.Served {
			t.Errorf("past MaxStale: %+v", s)
		}
		want(t, c, "k", "", errDown)
		events := b.seen(cache.KindStaleBegan)
		if len(events) != 1 || events[0].Value != "k" || events[0].Origin != "backend" || !errors.Is(events[0].Err, errDown) {
			t.Errorf("events: %+v", events)
		}
	})
}

func TestIdleKeyReadWhileTheBackendIsDown(t *testing.T) {
	tests := []struct {
		name  string
		after time.Duration
		value string
		err   error
	}{
		{"within its TTL", ttl - 1, "k", nil},
		{"past its TTL", ttl, "k", nil},
		{"just within MaxStale", ttl + maxStale - 1, "k", nil},
		{"past MaxStale", ttl + maxStale, "", errDown},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := &backend{}
				c := newCache(t, b, withStale)
				want(t, c, "k", "k", nil)
				b.fail("", errDown)
				pass(tt.after)
				want(t, c, "k", tt.value, tt.err)
				pass(ttl + maxStale - tt.after + 1)
				want(t, c, "k", "", errDown)
				if n := len(b.seen(cache.KindStaleBegan)); (n > 0) != (tt.err == nil) {
					t.Errorf("%d StaleBegan", n)
				}
			})
		})
	}
}

// A backend that hangs fails only when the load's time is over, which may be
// after the TTL.
func TestStaleAfterAFailureThatTookLongerThanTheTTL(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const life, timeout = 5 * time.Second, 10 * time.Second
		b := &backend{}
		c := newCache(t, b, func(o *cache.Options[string]) { o.TTL, o.MaxStale, o.Timeout = life, time.Hour, timeout })
		use(t, c, "k", "k")
		defer b.stop()()
		pass(life)
		want(t, c, "k", "k", nil) // when the load's time is over
		if s := statOf(c, "k"); !s.Stale || !errors.Is(s.Err, context.DeadlineExceeded) {
			t.Errorf("%+v, want it stale", s)
		}
		pass(10 * time.Minute)
		wantNow(t, c, "k", "k", nil)
	})
}

func TestGoneEvictsAtOnceAndIsRemembered(t *testing.T) {
	for _, negative := range []time.Duration{-1, 0, 20 * time.Second} {
		t.Run(negative.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := &backend{}
				c := newCache(t, b, withStale, func(o *cache.Options[string]) { o.NegativeTTL = negative })
				use(t, c, "k", "k")
				b.fail("k", errGone)
				if err := errors.Join(c.Refresh(t.Context(), "k")...); !errors.Is(err, errGone) {
					t.Fatalf("Refresh: %v", err)
				}
				for range 10 {
					want(t, c, "k", "", errGone)
				}
				if negative <= 0 {
					wantLoads(t, b, 2+10)
					return
				}
				wantLoads(t, b, 2)
				b.fail("k", nil)
				pass(negative - 1)
				want(t, c, "k", "", errGone)
				pass(1)
				want(t, c, "k", "k", nil)
			})
		})
	}
}

// The refresh before the TTL's end is what finds out.
func TestGoneEvictsAHotKey(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		c := newCache(t, b, withStale)
		h, err := c.Watch(t.Context(), "k")
		if err != nil {
			t.Fatal(err)
		}
		use(t, c, "k", "k")
		b.fail("k", errGone)
		pass(refreshed - 1)
		wantNow(t, c, "k", "k", nil)
		pass(1)
		want(t, c, "k", "", errGone)
		b.fail("k", errDown) // and nothing brings it back
		want(t, c, "k", "", errDown)
		if h.Current() != "k" {
			t.Errorf("Current() = %q, want the last value", h.Current())
		}
		b.fail("k", nil)
		b.set("k", "new")
		pass(time.Minute)
		wantNow(t, c, "k", "new", nil)
	})
}

// A watched key's last value is known after it is gone, to tell of the next one;
// what was revoked must not be served again for it.
func TestGoneValueDoesNotComeBack(t *testing.T) {
	tests := []struct {
		name   string
		adjust func(*cache.Options[string])
		value  string // of Get, when the backend has v1 after v2 was gone
		err    error
	}{
		{"while an older one is ignored", func(o *cache.Options[string]) { o.Older = isLess }, "v1", nil},
		{"while the next one is refused", func(o *cache.Options[string]) { o.Validate = refuseAll }, "", cache.ErrRefused},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := &backend{}
				b.set("k", "v2")
				c := newCache(t, b, tt.adjust, func(o *cache.Options[string]) { o.Grace = time.Hour })
				h, err := c.Watch(t.Context(), "k")
				if err != nil {
					t.Fatal(err)
				}
				b.fail("k", errGone)
				if err := errors.Join(c.Refresh(t.Context(), "k")...); !errors.Is(err, errGone) {
					t.Fatalf("Refresh: %v", err)
				}
				b.fail("k", errBroken)
				want(t, c, "k", "", errBroken)
				b.fail("k", nil)
				b.set("k", "v1")
				want(t, c, "k", tt.value, tt.err)
				pass(time.Hour)
				want(t, c, "k", tt.value, tt.err)
				if current := h.Current(); tt.err != nil && current != "v2" {
					t.Errorf("Current() = %q, which was refused", current)
				}
			})
		})
	}
}

func TestFailedKeepsUntilTheTTLEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		c := newCache(t, b, withStale)
		use(t, c, "k", "k")
		b.fail("k", errBroken)
		for range ttl / time.Second {
			wantNow(t, c, "k", "k", nil)
			pass(time.Second)
		}
		want(t, c, "k", "", errBroken)
		if events := b.seen(cache.KindStaleBegan); len(events) != 0 {
			t.Errorf("events: %+v", events)
		}
	})
}

func TestFailedEndsAStaleValue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		c := newCache(t, b, func(o *cache.Options[string]) { o.MaxStale = 24 * time.Hour })
		use(t, c, "k", "k")
		b.fail("k", errDown)
		pass(2 * ttl)
		wantNow(t, c, "k", "k", nil)
		b.fail("k", errBroken)
		pass(2 * time.Minute) // the longest back-off is over
		want(t, c, "k", "", errBroken)
		b.fail("k", errDown)
		want(t, c, "k", "", errDown)
	})
}

func TestRecovery(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		c := newCache(t, b, func(o *cache.Options[string]) { o.MaxStale = 24 * time.Hour })
		use(t, c, "used", "used")
		want(t, c, "idle", "idle", nil)
		b.fail("", errDown)
		pass(10 * ttl)
		want(t, c, "idle", "idle", nil)
		b.set("used", "new")
		b.set("idle", "new")
		b.fail("", nil)
		pass(time.Minute) // they are read by nobody, and yet tried again
		for _, key := range []string{"used", "idle"} {
			wantNow(t, c, key, "new", nil)
			if s := statOf(c, key); s.Stale || s.Failures != 0 || s.Err != nil {
				t.Errorf("%+v, want it healthy", s)
			}
		}
	})
}

// A Get that finds a Refresh under way waits for it, but not for its errors.
func TestReaderOfAFailingRefreshGetsTheStaleValue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		c := newCache(t, b, withStale)
		want(t, c, "k", "k", nil)
		pass(ttl)
		b.fail("", errDown)
		b.slow(time.Second)
		done := make(chan error)
		go func() { done <- errors.Join(c.Refresh(t.Context(), "k")...) }()
		synctest.Wait()
		want(t, c, "k", "k", nil)
		if err := <-done; !errors.Is(err, errDown) {
			t.Errorf("Refresh: %v, want %v", err, errDown)
		}
		wantLoads(t, b, 2)
	})
}

func isLess(a, b string) bool { return a < b }

func refuseAll(context.Context, cache.Change[string]) error { return errBroken }
