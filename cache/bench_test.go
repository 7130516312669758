package cache

import (
	"context"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// These print figures; the tests judge none of them. The peers stand beside the
// whole library in benchmarks/.

func numbers(n int) []string {
	keys := make([]string, n)
	for i := range keys {
		keys[i] = "secret/" + strconv.Itoa(i)
	}
	return keys
}

// pointer is the size of what a Store caches.
type pointer = *[32]byte

func newPointers(b testing.TB, adjust func(*Options[pointer])) *Cache[pointer] {
	b.Helper()
	opts := Options[pointer]{
		TTL: time.Hour, Equal: func(a, b pointer) bool { return *a == *b },
		Load: func(_ context.Context, batch *Batch[pointer]) {
			for i := range batch.Keys {
				batch.Settle(i, Loaded[pointer]{Value: new([32]byte), Origin: "backend"})
			}
		},
		MaxEntries: 1 << 20, Judge: func(error) Verdict { return VerdictTransient },
	}
	if adjust != nil {
		adjust(&opts)
	}
	c, err := New(opts)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { c.Close() })
	return c
}

// BenchmarkColdGet is a read of a key that nobody has read, with a loader that
// answers at once.
func BenchmarkColdGet(b *testing.B) {
	for _, bounded := range []bool{false, true} {
		name := "room for all"
		if bounded {
			name = "a full cache"
		}
		b.Run(name, func(b *testing.B) {
			keys := numbers(b.N)
			c := newPointers(b, func(o *Options[pointer]) {
				if o.MaxEntries = 0; bounded {
					o.MaxEntries = 1000
				}
			})
			ctx := b.Context()
			b.ReportAllocs()
			b.ResetTimer()
			for _, key := range keys {
				if _, err := c.Get(ctx, key); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkHandOver is the least that a read by another goroutine costs.
func BenchmarkHandOver(b *testing.B) {
	ctx := b.Context()
	b.ReportAllocs()
	for b.Loop() {
		done := make(chan pointer)
		go func() { done <- new([32]byte) }()
		select {
		case <-done:
		case <-ctx.Done():
		}
	}
}

// BenchmarkHit is a read of what is kept, of documents and of views, beside
// sync.Map.
func BenchmarkHit(b *testing.B) {
	keys := numbers(100)
	views := make([]string, len(keys))
	for i, key := range keys {
		views[i] = key + "#field"
	}
	c := newPointers(b, func(o *Options[pointer]) {
		o.View = func(key string) (string, func(pointer) (pointer, error), error) {
			doc, _, isView := strings.Cut(key, "#")
			if !isView {
				return doc, nil, nil
			}
			return doc, func(p pointer) (pointer, error) { return p, nil }, nil
		}
	})
	var m sync.Map
	for i := range keys {
		for range 3 {
			c.GetMany(b.Context(), []string{keys[i], views[i]})
		}
		m.Store(keys[i], new([32]byte))
	}
	ctx := b.Context()
	run := func(name string, read func(i int)) {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			b.RunParallel(func(pb *testing.PB) {
				for i := 0; pb.Next(); i = (i + 1) % len(keys) {
					read(i)
				}
			})
		})
	}
	run("document", func(i int) { _, _ = c.Get(ctx, keys[i]) })
	run("view", func(i int) { _, _ = c.Get(ctx, views[i]) })
	run("sync.Map", func(i int) { m.Load(keys[i]) })
}

// BenchmarkMemory is what one of 100,000 keys takes beside its value.
func BenchmarkMemory(b *testing.B) {
	const n = 100_000
	keys := numbers(n)
	values := make([]pointer, n)
	for i := range values {
		values[i] = new([32]byte)
	}
	var total uint64
	for b.Loop() {
		next := values
		c := newPointers(b, func(o *Options[pointer]) {
			o.Load = func(_ context.Context, batch *Batch[pointer]) {
				batch.Settle(0, Loaded[pointer]{Value: next[0], Origin: "backend"})
				next = next[1:]
			}
		})
		before := liveBytes()
		for _, key := range keys {
			if _, err := c.Get(b.Context(), key); err != nil {
				b.Fatal(err)
			}
		}
		total += liveBytes() - before
		c.Close()
	}
	runtime.KeepAlive(values)
	b.ReportMetric(float64(total)/float64(n*b.N), "B/key")
}

func liveBytes() uint64 {
	runtime.GC()
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

// BenchmarkColdGetAmongMany is the longest wait of cold reads while 100,000 keys
// are in use: when all fall due at once, and when all end at once as the backend
// is down.
func BenchmarkColdGetAmongMany(b *testing.B) {
	for _, down := range []bool{false, true} {
		name := "that fall due"
		if down {
			name = "that end"
		}
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				most, late := coldAmongMany(b, down)
				b.ReportMetric(float64(most.Microseconds())/1000, "ms/longest")
				b.ReportMetric(float64(late.Microseconds())/1000, "ms/late")
			}
		})
	}
}

func coldAmongMany(b *testing.B, down bool) (most, late time.Duration) {
	const n, ttl = 100_000, 6 * time.Second
	var failing sync.Map
	c := newPointers(b, func(o *Options[pointer]) {
		o.TTL, o.Jitter, o.MaxEntries = ttl, -1, 0
		load := o.Load
		o.Load = func(ctx context.Context, batch *Batch[pointer]) {
			if _, fails := failing.Load("down"); fails && batch.Purpose != PurposeRead {
				for i := range batch.Keys {
					batch.Settle(i, Loaded[pointer]{Err: ErrTimeout, Origin: "backend"})
				}
				return
			}
			load(ctx, batch)
		}
	})
	ctx, keys := b.Context(), numbers(n)
	start := time.Now()
	c.GetMany(ctx, keys)
	c.GetMany(ctx, keys) // so that they are used
	if down {
		failing.Store("down", true)
	}
	ends := start.Add(ttl)
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for i := 0; time.Now().Before(ends.Add(time.Second)); i++ {
		began := time.Now()
		if _, err := c.Get(ctx, "cold"+strconv.Itoa(i)); err != nil {
			b.Fatal(err)
		}
		if began.After(start.Add(ttl * 8 / 10)) {
			most = max(most, time.Since(began))
		}
		<-tick.C
		if down && late == 0 && time.Now().After(ends) && c.hotLocked() == 0 {
			late = time.Since(ends)
		}
	}
	return most, late
}

func (c *Cache[V]) hotLocked() (n int) {
	c.table.Load().each(func(e *entry[V]) {
		if e.hot.Load() != nil {
			n++
		}
	})
	return n
}
