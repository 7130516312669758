package cache_test

import (
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux/cache"
)

func isNew(value string) bool { return value == "new" }

// loadTimes returns after how long each load from the nth on came.
func loadTimes(b *backend, from int, start time.Time) (after []time.Duration) {
	synctest.Wait()
	for _, call := range b.loads()[from:] {
		after = append(after, call.at.Sub(start))
	}
	return after
}

func TestExpectDoesNothing(t *testing.T) {
	tests := []struct {
		name   string
		before func(t *testing.T, b *backend, c *cache.Cache[string])
	}{
		{"where nothing is kept", func(*testing.T, *backend, *cache.Cache[string]) {}},
		{"where that value is served", func(t *testing.T, b *backend, c *cache.Cache[string]) {
			b.set("k", "new")
			want(t, c, "k", "new", nil)
		}},
		{"where the value has ended", func(t *testing.T, _ *backend, c *cache.Cache[string]) {
			want(t, c, "k", "k", nil)
			pass(ttl)
		}},
		{"after Close", func(t *testing.T, _ *backend, c *cache.Cache[string]) {
			want(t, c, "k", "k", nil)
			c.Close()
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := &backend{}
				c := newCache(t, b)
				tt.before(t, b, c)
				loads, stats := len(b.loads()), len(c.Stats())
				c.Expect("k", isNew, 0)
				pass(time.Hour)
				wantLoads(t, b, loads)
				if n := len(c.Stats()); n > stats {
					t.Errorf("%d documents, %d before", n, stats)
				}
			})
		})
	}
}

func TestExpectLoadsInTheBackground(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{delay: time.Second}
		c := newCache(t, b)
		want(t, c, "k", "k", nil) // kept, and idle
		b.set("k", "new")
		c.Expect("k", isNew, 0)
		synctest.Wait()
		wantNow(t, c, "k", "k", nil) // meanwhile
		pass(time.Second)
		wantNow(t, c, "k", "new", nil)
		pass(ttl / 2)
		wantLoads(t, b, 2)
	})
}

func TestExpectLooksAgain(t *testing.T) {
	second := time.Second
	tests := []struct {
		name   string
		served func(string) bool
		comes  time.Duration // the value
		want   []time.Duration
	}{
		{"until it gives up", isNew, time.Hour, []time.Duration{0, second, 3 * second, 7 * second, 15 * second, 31 * second}},
		{"until it is there", isNew, 5 * second, []time.Duration{0, second, 3 * second, 7 * second}},
		{"once, without a way to tell", nil, time.Hour, []time.Duration{0}},
		{"once, where that panics", func(string) bool { panic("s3cret") }, time.Hour, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				b := &backend{}
				c := newCache(t, b, func(o *cache.Options[string]) { o.TTL = time.Hour })
				watchOf(t, c, "k")
				start := time.Now()
				c.Expect("k", tt.served, 0)
				time.AfterFunc(tt.comes, func() { b.set("k", "new") })
				pass(50 * time.Minute)
				if got := loadTimes(b, 1, start); !slices.Equal(got, tt.want) {
					t.Errorf("loads after %v, want %v", got, tt.want)
				}
			})
		})
	}
}

func TestExpectSpreadsLoads(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		c := newCache(t, b)
		names := numbered(200)
		for _, name := range names {
			want(t, c, name, name, nil)
		}
		start := time.Now()
		for _, name := range names {
			c.Expect(name, nil, 10*time.Second)
		}
		pass(20 * time.Second)
		at := loadTimes(b, len(names), start)
		if len(at) != len(names) || at[0] > time.Second || at[len(at)-1] < 9*time.Second || at[len(at)-1] > 10*time.Second {
			t.Errorf("%d loads from %v to %v", len(at), at[0], at[len(at)-1])
		}
	})
}

func TestExpectHoldsBackoffAndGrace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		c := newCache(t, b, withStale, withGrace)
		watchOf(t, c, "k")
		b.fail("", errDown)
		pass(ttl + 20*time.Second)
		retry := statOf(c, "k").NextRefresh
		before := len(b.loads())
		c.Expect("k", isNew, 0)
		synctest.Wait()
		wantLoads(t, b, before)
		b.fail("", nil)
		b.set("k", "a") // which is older than "k"
		pass(time.Until(retry))
		wantLoads(t, b, before+1)
		wantNow(t, c, "k", "k", nil)
	})
}

func TestExpectFindsDocumentsByTheirAlias(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		alias := "backend/k"
		b := &backend{adorn: func(key string, l *cache.Loaded[string]) {
			if key != "other" {
				l.Alias = alias
			} else {
				l.Alias = key
			}
		}}
		c := newCache(t, b, withFields)
		for _, key := range []string{"k", "k?previous", "other"} {
			want(t, c, key, key, nil)
		}
		loaded := func(name string, keys ...string) {
			t.Helper()
			pass(time.Second)
			before := len(b.loads())
			c.Expect(name, nil, 0)
			synctest.Wait()
			var got []string
			for _, call := range b.loads()[before:] {
				got = append(got, call.keys...)
			}
			slices.Sort(got)
			if !slices.Equal(got, keys) {
				t.Errorf("Expect(%q) loaded %q, want %q", name, got, keys)
			}
		}
		loaded("backend/k", "k", "k?previous")
		loaded("other", "other")
		loaded("backend/other")
		alias = "moved"
		refresh(t, c, "k")
		loaded("moved", "k")
		loaded("backend/k", "k?previous")
		loaded("moved", "k", "k?previous")
		c.Invalidate("k", "k?previous")
		loaded("moved")
	})
}

func TestExpectIsForDocuments(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		b.set("doc", "a=1")
		c := newCache(t, b, withFields)
		want(t, c, "doc#a", "1", nil)
		c.Expect("doc#a", nil, 0)
		wantLoads(t, b, 1)
		c.Expect("doc", nil, 0)
		wantLoads(t, b, 2)
	})
}

func TestChangeMakesThoseThatFollowDue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		c := newCache(t, b, func(o *cache.Options[string]) {
			o.Follows = func(key string) []string { return []string{key + "?previous", key + "?never read"} }
		})
		want(t, c, "k?previous", "k?previous", nil)
		want(t, c, "k", "k", nil)
		refresh(t, c, "k")
		wantLoads(t, b, 3) // nothing has changed
		b.set("k?previous", "k")
		change(t, b, c, "k", "new")
		wantLoads(t, b, 5)
		wantNow(t, c, "k?previous", "k", nil)
		if n := len(c.Stats()); n != 2 {
			t.Errorf("%d documents, want no entry for the one that was never read", n)
		}
	})
}
