package cache

import (
	"context"
	"hash/maphash"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"
)

// echo loads each key as its own value, after a prefix.
func echo(_ context.Context, b *Batch[string]) {
	for i, key := range b.Keys {
		b.Settle(i, Loaded[string]{Value: "value of " + key})
	}
}

func newEcho(t testing.TB, adjust func(*Options[string])) *Cache[string] {
	t.Helper()
	opts := Options[string]{Load: echo, TTL: time.Hour, Jitter: -1, Equal: func(a, b string) bool { return a == b }}
	if adjust != nil {
		adjust(&opts)
	}
	c, err := New(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if n := c.Close(); n != 0 {
			t.Errorf("Close left %d loads", n)
		}
	})
	return c
}

func wantEcho(t testing.TB, c *Cache[string], key string) {
	t.Helper()
	if v, err := c.Get(t.Context(), key); v != "value of "+key || err != nil {
		t.Fatalf("Get(%q) = %q, %v", key, v, err)
	}
}

// Entries are relinked while readers without a lock pass them. A reader may miss
// one for a moment, never loop, and never meet another key's.
func TestTableWithWritersAndReaders(t *testing.T) {
	table := atomic.Pointer[table[string]]{}
	table.Store(newTable[string](maphash.MakeSeed(), 2))
	keys := make([]string, 2000)
	for i := range keys {
		keys[i] = strconv.Itoa(i)
	}
	var wg sync.WaitGroup
	var done atomic.Bool
	for range 2 {
		wg.Go(func() {
			for !done.Load() {
				for _, key := range keys {
					if e := table.Load().find(key); e != nil && e.key != key {
						t.Errorf("found %q for %q", e.key, key)
					}
				}
			}
		})
	}
	entries := map[string]*entry[string]{}
	for round := range 3 {
		for _, key := range keys {
			now := table.Load()
			if !now.fits() {
				now = now.resized()
				table.Store(now)
			}
			e := &entry[string]{key: key}
			entries[key] = e
			now.insert(e)
		}
		for i, key := range keys {
			if i%3 == round || round < 2 {
				table.Load().remove(entries[key])
				delete(entries, key)
			}
		}
	}
	done.Store(true)
	wg.Wait()
	now := table.Load()
	if now.count != len(entries) {
		t.Errorf("count is %d, want %d", now.count, len(entries))
	}
	for _, key := range keys {
		if e := now.find(key); e != entries[key] {
			t.Errorf("find(%q) = %v, want %v", key, e, entries[key])
		}
	}
	n := 0
	now.each(func(*entry[string]) { n++ })
	if n != len(entries) {
		t.Errorf("each visits %d, want %d", n, len(entries))
	}
}

func TestKeysAreFoundWhileTheTableGrows(t *testing.T) {
	var loads atomic.Int32
	c := newEcho(t, func(o *Options[string]) {
		o.Load = func(ctx context.Context, b *Batch[string]) {
			loads.Add(int32(len(b.Keys)))
			echo(ctx, b)
		}
	})
	const kept, more = 50, 5000
	for i := range kept {
		wantEcho(t, c, strconv.Itoa(i))
	}
	var wg sync.WaitGroup
	var done atomic.Bool
	for range 2 {
		wg.Go(func() {
			for !done.Load() {
				for i := range kept {
					wantEcho(t, c, strconv.Itoa(i))
				}
			}
		})
	}
	for i := range more {
		wantEcho(t, c, "more "+strconv.Itoa(i))
		if i%2 == 0 {
			c.Invalidate("more " + strconv.Itoa(i))
		}
	}
	done.Store(true)
	wg.Wait()
	if n := loads.Load(); n != kept+more {
		t.Errorf("%d loads, want each of %d keys once", n, kept+more)
	}
	if n := len(c.Stats()); n != kept+more/2 {
		t.Errorf("%d keys are kept, want %d", n, kept+more/2)
	}
}

// A key may be dropped between the look at the table and the lock. A view must
// not become a document then.
func TestViewThatIsDroppedMeanwhile(t *testing.T) {
	c := newEcho(t, func(o *Options[string]) {
		o.View = func(key string) (string, func(string) (string, error), error) {
			if key == "doc" {
				return key, nil, nil
			}
			return "doc", func(doc string) (string, error) { return key + " in " + doc, nil }, nil
		}
	})
	get := func() {
		t.Helper()
		if v, err := c.Get(t.Context(), "view"); v != "view in value of doc" || err != nil {
			t.Fatalf("Get = %q, %v", v, err)
		}
	}
	get()
	r, err := c.viewOf("view", c.table.Load().find("view"))
	if err != nil {
		t.Fatal(err)
	}
	c.Invalidate("view")
	c.mu.Lock()
	e, err := c.entryLocked("view", r)
	c.mu.Unlock()
	if err != nil || e.doc.key != "doc" {
		t.Fatalf("the view's document is %q, %v", e.doc.key, err)
	}
	get()
}

func TestHitPathAllocatesNothing(t *testing.T) {
	c := newEcho(t, nil)
	h, err := c.Watch(t.Context(), "k")
	if err != nil {
		t.Fatal(err)
	}
	wantEcho(t, c, "k")
	ctx := t.Context()
	if n := testing.AllocsPerRun(1000, func() {
		if v, err := c.Get(ctx, "k"); v == "" || err != nil {
			t.Errorf("Get = %q, %v", v, err)
		}
	}); n != 0 {
		t.Errorf("a hit makes %v allocations", n)
	}
	if n := testing.AllocsPerRun(1000, func() { _ = h.Current() }); n != 0 {
		t.Errorf("Current makes %v allocations", n)
	}
}
