package cache_test

import (
	"math"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux/cache"
)

func TestExpiresShortensTheTTL(t *testing.T) {
	tests := []struct {
		name string
		in   time.Duration // when the value ends
		ends time.Duration // when it is no longer served
	}{
		{"before the TTL", 10 * time.Second, 10 * time.Second},
		{"after the TTL", time.Hour, ttl},
		{"passed", -time.Hour, ttl},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				end := time.Now().Add(tt.in)
				b := &backend{adorn: func(_ string, l *cache.Loaded[string]) { l.Expires = end }}
				c := newCache(t, b)
				want(t, c, "k", "k", nil)
				b.set("k", "new")
				pass(tt.ends)
				want(t, c, "k", "new", nil)
				want(t, c, "k", "new", nil)
			})
		})
	}
}

func TestNothingIsServedBeyondExpires(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		end := time.Now().Add(10 * time.Second)
		b := &backend{adorn: func(_ string, l *cache.Loaded[string]) { l.Expires = end }}
		c := newCache(t, b)
		want(t, c, "k", "k", nil)
		pass(8 * time.Second)
		b.set("k", "new") // and the used key is refreshed before its end
		want(t, c, "k", "k", nil)
		pass(2 * time.Second)
		wantNow(t, c, "k", "new", nil)
	})
}

// The value ends while it is on its way, or while Validate is asked about it.
func TestExpiresDuringTheLoad(t *testing.T) {
	for _, validates := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			b, g := &backend{}, &gate{takes: 5 * time.Second}
			c := newCache(t, b, func(o *cache.Options[string]) {
				if validates {
					o.Validate, o.Digest = g.validate, digestOf
				}
			})
			if !validates {
				b.slow(5 * time.Second)
			}
			want(t, c, "k", "k", nil)
			end := time.Now().Add(2 * time.Second)
			b.adorn = func(_ string, l *cache.Loaded[string]) { l.Expires = end }
			b.set("k", "new")
			c.Invalidate("k")
			want(t, c, "k", "new", nil)
			before := len(b.loads())
			want(t, c, "k", "new", nil)
			wantLoads(t, b, before+1)
		})
	}
}

// A backend may answer with the same end until it has come.
func TestExpiresThatComesNearMakesNoHotLoop(t *testing.T) {
	for _, took := range []time.Duration{0, time.Millisecond, 300 * time.Millisecond, 2 * time.Second} {
		t.Run(took.String(), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				end := time.Now().Add(3 * ttl)
				b := &backend{delay: took, adorn: func(_ string, l *cache.Loaded[string]) { l.Expires = end }}
				c := newCache(t, b)
				if _, err := c.Watch(t.Context(), "k"); err != nil {
					t.Fatal(err)
				}
				pass(10 * ttl)
				if n := len(b.loads()); n < 9 || n > 20 {
					t.Errorf("%d loads in 10 TTLs", n)
				}
			})
		})
	}
}

func TestValuesMayHaveLifetimesOfTheirOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		short, none, stale := 10*time.Second, time.Duration(0), 5*time.Second
		b := &backend{adorn: func(key string, l *cache.Loaded[string]) {
			switch key {
			case "short":
				l.TTL, l.MaxStale = &short, &stale
			case "none":
				l.TTL = &none
			}
		}}
		c := newCache(t, b, func(o *cache.Options[string]) { o.MaxStale = time.Hour })
		for _, key := range []string{"short", "none", "usual"} {
			want(t, c, key, key, nil)
		}
		b.fail("", errDown)
		want(t, c, "none", "", errDown)
		pass(short - 1)
		wantNow(t, c, "short", "short", nil)
		pass(stale)
		want(t, c, "short", "short", nil)
		pass(1)
		want(t, c, "short", "", errDown)
		pass(ttl)
		want(t, c, "usual", "usual", nil)
	})
}

func TestEndlessDurations(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		pass(time.Second)
		c := newCache(t, b, func(o *cache.Options[string]) { o.TTL, o.MaxStale = math.MaxInt64, math.MaxInt64 })
		d := newCache(t, b, func(o *cache.Options[string]) { o.MaxStale = math.MaxInt64 })
		pass(time.Second)
		use(t, c, "k", "k")
		use(t, d, "k", "k")
		b.fail("", errDown)
		pass(24 * time.Hour)
		wantNow(t, c, "k", "k", nil)
		wantNow(t, d, "k", "k", nil)
	})
}

func TestJitterSpreadsRefreshesAndKeepsBatches(t *testing.T) {
	const keys, life = 1000, 5 * time.Minute
	tests := []struct {
		name        string
		jitter      float64
		first, last time.Duration // the least spread that is expected
		most        int           // keys within a hundredth of the TTL: batches of 100 stay together
	}{
		{"default", 0, 245 * time.Second, 265 * time.Second, keys * 3 / 10},
		{"half", 0.5, 150 * time.Second, 245 * time.Second, keys / 10},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := &backend{}
				c := newCache(t, b, func(o *cache.Options[string]) { o.TTL, o.Jitter = life, tt.jitter })
				start := time.Now()
				names := numbered(keys)
				c.GetMany(t.Context(), names)
				c.GetMany(t.Context(), names) // so that they are used
				wantLoads(t, b, keys/100)
				pass(life)
				synctest.Wait()
				refreshes := b.loads()[keys/100:]
				total := 0
				for _, r := range refreshes {
					total += len(r.keys)
					if len(r.keys) > keys/5 {
						t.Errorf("%d keys are refreshed after %v", len(r.keys), r.at.Sub(start))
					}
				}
				if total != keys || len(refreshes) > keys/5 {
					t.Errorf("%d keys were refreshed in %d loads, want %d in few", total, len(refreshes), keys)
				}
				at := func(r call) time.Duration { return r.at.Sub(start) }
				if first, last := at(refreshes[0]), at(refreshes[len(refreshes)-1]); first > tt.first || last < tt.last {
					t.Errorf("refreshed from %v to %v, want a spread over %v to %v", first, last, tt.first, tt.last)
				}
				if busiest := busiest(refreshes, life/100); busiest > tt.most {
					t.Errorf("%d keys were refreshed within %v", busiest, life/100)
				}
			})
		})
	}
}

// busiest is the most keys that were loaded within one span of time.
func busiest(calls []call, span time.Duration) (most int) {
	for i, first := range calls {
		n := 0
		for _, c := range calls[i:] {
			if c.at.Sub(first.at) < span {
				n += len(c.keys)
			}
		}
		most = max(most, n)
	}
	return most
}

func numbered(n int) []string {
	names := make([]string, n)
	for i := range names {
		names[i] = string(rune('a'+i/100)) + string(rune('0'+i/10%10)) + string(rune('0'+i%10))
	}
	slices.Sort(names)
	return names
}

// A time that never ends is longer than each TTL, also for the load that begins first of all.
func TestRefreshLeadsByTheTimeOfALoadWithoutTimeout(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		b.slow(ttl / 4)
		c := newCache(t, b, func(o *cache.Options[string]) { o.Timeout = math.MaxInt64 })
		want(t, c, "k", "k", nil)
		want(t, c, "k", "k", nil) // it is in use
		if s, _ := c.Stat("k"); s.NextRefresh.Sub(s.Loaded) != ttl/2 {
			t.Errorf("it is loaded again %v after its load began, want %v", s.NextRefresh.Sub(s.Loaded), ttl/2)
		}
	})
}
