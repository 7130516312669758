package cache_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux/cache"
)

func nothing(context.Context, cache.Change[string]) error { return nil }

// diary notes changes.
type diary struct {
	mu      sync.Mutex
	changes []string
}

func (d *diary) note(_ context.Context, c cache.Change[string]) error {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.changes = append(d.changes, fmt.Sprintf("%s: %s > %s", c.Key, c.Old, c.New))
	return nil
}

// wants fails the test unless these changes, and no others, were told so far.
func (d *diary) wants(t *testing.T, changes ...string) {
	t.Helper()
	synctest.Wait()
	d.mu.Lock()
	defer d.mu.Unlock()
	if !slices.Equal(d.changes, changes) {
		t.Errorf("changes: %q, want %q", d.changes, changes)
	}
}

func (d *diary) of(t *testing.T, c *cache.Cache[string], key string) (stop func()) {
	t.Helper()
	stop, err := c.OnChange(key, d.note)
	if err != nil {
		t.Fatal(err)
	}
	synctest.Wait()
	return stop
}

func refresh(t *testing.T, c *cache.Cache[string], keys ...string) {
	t.Helper()
	if err := errors.Join(c.Refresh(t.Context(), keys...)...); err != nil {
		t.Fatalf("Refresh: %v", err)
	}
}

func TestChangeIsToldOnceAndNeverForTheFirstValue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, d := &backend{}, &diary{}
		c := newCache(t, b)
		d.of(t, c, "k")
		wantLoads(t, b, 1) // in the background, at once
		pass(10 * ttl)
		d.wants(t) // equal rewrites are not changes
		b.set("k", "v1")
		pass(10 * ttl)
		d.wants(t, "k: k > v1")
		b.set("k", "v2")
		refresh(t, c, "k")
		refresh(t, c, "k")
		d.wants(t, "k: k > v1", "k: v1 > v2")
		if events := b.seen(cache.KindRotated); len(events) != 2 || events[0].Value != "v1" || events[0].Key != "k" {
			t.Errorf("events: %+v", events)
		}
	})
}

func TestQuickChangesAreToldInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, d := &backend{}, &diary{}
		c := newCache(t, b)
		d.of(t, c, "k")
		var told []string
		old := "k"
		for i := range 10 {
			value := fmt.Sprint("v", i)
			b.set("k", value)
			refresh(t, c, "k")
			told = append(told, "k: "+old+" > "+value)
			old = value
		}
		d.wants(t, told...)
	})
}

func TestViewChangesWhenItsFieldDoes(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, d := &backend{}, &diary{}
		b.set("doc", "a=1 b=1")
		c := newCache(t, b, withFields)
		d.of(t, c, "doc#a")
		h, err := c.Watch(t.Context(), "doc#b")
		if err != nil {
			t.Fatal(err)
		}
		for _, doc := range []string{"a=1 b=2", "a=2 b=2", "b=2", "a=2 b=2", "a=3 b=2"} {
			b.set("doc", doc)
			refresh(t, c, "doc")
		}
		d.wants(t, "doc#a: 1 > 2", "doc#a: 2 > 3")
		if old, ok := h.Previous(); h.Current() != "2" || old != "1" || !ok {
			t.Errorf("Current() = %q, Previous() = %q, %v", h.Current(), old, ok)
		}
		if n := len(b.seen(cache.KindRotated)); n != 5 {
			t.Errorf("%d Rotated, want one for each change of the document", n)
		}
	})
}

func TestChangeAcrossAFailureIsTold(t *testing.T) {
	for _, failure := range []error{errDown, errGone, errBroken} {
		synctest.Test(t, func(t *testing.T) {
			b, d := &backend{}, &diary{}
			c := newCache(t, b)
			h, err := c.Watch(t.Context(), "k")
			if err != nil {
				t.Fatal(err)
			}
			if _, ok := h.Previous(); ok {
				t.Error("there is a previous value before the first change")
			}
			d.of(t, c, "k")
			b.fail("k", failure)
			pass(10 * ttl)
			b.fail("k", nil)
			pass(ttl)
			d.wants(t)
			b.fail("k", failure)
			pass(10 * ttl)
			b.fail("k", nil)
			b.set("k", "new")
			pass(ttl)
			d.wants(t, "k: k > new")
			if old, ok := h.Previous(); h.Current() != "new" || old != "k" || !ok {
				t.Errorf("Current() = %q, Previous() = %q, %v", h.Current(), old, ok)
			}
		})
	}
}

const grace = 3 * ttl

func withGrace(o *cache.Options[string]) { o.Older, o.Grace = isLess, grace }

func TestOlderValueIsIgnoredForGrace(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, d := &backend{}, &diary{}
		c := newCache(t, b, withGrace)
		b.set("k", "v2")
		d.of(t, c, "k")
		b.set("k", "v1")
		pass(refreshed)
		for start := time.Now(); time.Since(start) < grace; pass(time.Second) {
			wantNow(t, c, "k", "v2", nil)
		}
		pass(time.Second)
		want(t, c, "k", "v1", nil) // the backend means it
		d.wants(t, "k: v2 > v1")
	})
}

func TestOlderValueThatPassesIsNoChange(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b, d := &backend{}, &diary{}
		c := newCache(t, b, withGrace)
		b.set("k", "v2")
		d.of(t, c, "k")
		for range 10 { // one replica lags behind
			b.set("k", "v1")
			pass(ttl)
			b.set("k", "v2")
			pass(ttl)
			want(t, c, "k", "v2", nil)
		}
		d.wants(t)
	})
}

func TestRefreshAcceptsAnOlderValue(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := &backend{}
		c := newCache(t, b, withGrace)
		b.set("k", "v2")
		use(t, c, "k", "v2")
		b.set("k", "v1")
		refresh(t, c, "k")
		wantNow(t, c, "k", "v1", nil)
	})
}
