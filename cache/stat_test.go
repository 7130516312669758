package cache_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux/cache"
)

func TestStatIsOfTheDocumentThatAKeyBelongsTo(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		b.set("doc", "a=1")
		c := newCache(t, b, withFields)
		for _, key := range []string{"doc", "doc#a", "doc#", "unknown"} {
			if s, ok := c.Stat(key); ok {
				t.Errorf("Stat(%q) = %+v before it was read", key, s)
			}
		}
		want(t, c, "doc#a", "1", nil)
		for _, key := range []string{"doc", "doc#a", "doc#never"} {
			if s, ok := c.Stat(key); !ok || s.Key != "doc" || s.Value != "a=1" || s.Live {
				t.Errorf("Stat(%q) = %+v, %v", key, s, ok)
			}
		}
		if n := len(c.Stats()); n != 1 {
			t.Errorf("%d documents", n)
		}
		h := watchOf(t, c, "doc#a")
		if s, _ := c.Stat("doc"); !s.Live || !s.Watched {
			t.Errorf("%+v, want it live", s)
		}
		onChange(t, c, "other", nothing)
		if s, _ := c.Stat("other"); s.Live || !s.Watched {
			t.Errorf("%+v, want it watched but not live", s)
		}
		h.Stop()
		if s, _ := c.Stat("doc"); s.Live || s.Watched {
			t.Errorf("%+v, want it unwatched", s)
		}
	})
}

func TestStatTellsSinceWhenALoadRuns(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		c := newCache(t, b)
		want(t, c, "k", "k", nil)
		if s := statOf(c, "k"); !s.LoadingSince.IsZero() {
			t.Errorf("%+v without a load", s)
		}
		b.slow(5 * time.Second)
		start := time.Now()
		for range 2 { // a Refresh overtakes what is under way
			c.Invalidate("k")
			go c.Get(t.Context(), "k")
			synctest.Wait()
			go c.Refresh(t.Context(), "k")
			pass(2 * time.Second)
		}
		if s := statOf(c, "k"); !s.LoadingSince.Equal(start) {
			t.Errorf("loading since %v later than the oldest", s.LoadingSince.Sub(start))
		}
		pass(1500 * time.Millisecond)
		if s := statOf(c, "k"); !s.LoadingSince.Equal(start.Add(2 * time.Second)) {
			t.Errorf("loading since %v after the first, want %v", s.LoadingSince.Sub(start), 2*time.Second)
		}
		pass(time.Minute)
		if s := statOf(c, "k"); !s.LoadingSince.IsZero() {
			t.Errorf("%+v after the loads", s)
		}
	})
}

func TestStatTellsOfCallbacksThatRunAndViewsThatBroke(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		b.set("doc", "a=1 b=1")
		c := newCache(t, b, withFields)
		watchOf(t, c, "doc#b")
		onChange(t, c, "doc#a", func(ctx context.Context, _ cache.Change[string]) error {
			select {
			case <-time.After(10 * time.Second):
			case <-ctx.Done():
			}
			return nil
		})
		b.set("doc", "a=2")
		start := time.Now()
		refresh(t, c, "doc")
		pass(5 * time.Second)
		s := statOf(c, "doc")
		if len(s.Running) != 1 || s.Running[0] != (cache.Running{Key: "doc#a", Since: start}) {
			t.Errorf("Running: %+v, want doc#a since %v", s.Running, start)
		}
		if len(s.Broken) != 1 || s.Broken[0].Key != "doc#b" || !errors.Is(s.Broken[0].Err, errNoField) {
			t.Errorf("Broken: %+v, want doc#b", s.Broken)
		}
		b.set("doc", "a=2 b=2")
		refresh(t, c, "doc")
		pass(10 * time.Second)
		if s := statOf(c, "doc"); s.Running != nil || s.Broken != nil {
			t.Errorf("%+v, want neither", s)
		}
	})
}

func TestReadTellsWhetherItWaited(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		b.set("doc", "a=1")
		b.fail("gone", errGone)
		c := newCache(t, b, withFields, withNegativeTTL)
		for _, cached := range []bool{false, true, true} {
			for key, value := range map[string]string{"k": "k", "gone": "", "doc#a": "1"} {
				if v, was, _ := c.Read(t.Context(), key); v != value || was != cached {
					t.Errorf("Read(%q) = %q, %v, want %q, %v", key, v, was, value, cached)
				}
			}
		}
		want(t, c, "doc#b", "", errNoField)
		if _, was, err := c.Read(t.Context(), "doc#b"); !was || !errors.Is(err, errNoField) {
			t.Errorf("a missing field: %v, %v", was, err)
		}
		if _, was, err := c.Read(t.Context(), "doc#"); was || !errors.Is(err, errBadKey) {
			t.Errorf("a bad key: %v, %v", was, err)
		}
		keys := []string{"k", "cold", "gone", "cold"}
		for i, r := range c.GetMany(t.Context(), keys) {
			if r.Cached != (keys[i] != "cold") {
				t.Errorf("%q: %+v", keys[i], r)
			}
		}
	})
}
