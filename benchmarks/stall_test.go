package benchmarks

import (
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
)

const (
	stallTTL     = time.Second
	stallLatency = 200 * time.Millisecond
	stallNames   = 10
	stallFor     = 5 * time.Second
	stallRate    = 2000 // reads a second, of all names together
)

const storeStallRow = "secretmux, TTL 1 s"

// reader reads one warm name. It returns when the backend had given that answer;
// zero where the cache can't say.
type reader func(tb testing.TB, name string) time.Time

// BenchmarkStall reads names that live for 1 s while each read of the backend
// takes 200 ms.
func BenchmarkStall(b *testing.B) {
	caches := []struct {
		row  string
		make func(tb testing.TB) reader
	}{
		{"never refreshed (what the machine adds)", plainReader},
		{storeStallRow, storeReader},
		{"otter, expiry 1 s", otterReader(stallTTL, 0)},
		{"otter, expiry 1 s, refresh 0.9 s", otterReader(stallTTL, stallTTL*9/10)},
		{"otter, expiry 1 s, refresh 0.5 s", otterReader(stallTTL, stallTTL/2)},
		{"aws-secretsmanager-caching-go, TTL 1 s", awsReader},
	}
	for _, cache := range caches {
		scenario(b, cache.row, func(b *testing.B) figures {
			took, oldest := measureStall(b, cache.make(b))
			reportStall(cache.row, took, oldest)
			return figures{"p99.9-ns": float64(took.within(999).Nanoseconds())}
		})
	}
}

// measureStall returns how long the reads took, and the greatest age of an answer
// when its read began; zero where the cache can't say.
func measureStall(b *testing.B, read reader) (latencies, time.Duration) {
	b.Helper()
	names := secretNames(stallNames)
	var warm sync.WaitGroup
	for _, name := range names {
		warm.Go(func() { read(b, name) })
	}
	warm.Wait()
	runtime.GC()
	var oldest atomic.Int64
	took := arrive(stallFor, stallRate, func(i int, began time.Time) {
		if answered := read(b, names[i%stallNames]); !answered.IsZero() {
			raise(&oldest, int64(began.Sub(answered)))
		}
	})
	return took, time.Duration(oldest.Load())
}

func reportStall(row string, took latencies, oldest time.Duration) {
	cells := []string{row}
	for _, perMille := range []int{500, 990, 999, 1000} {
		cells = append(cells, microseconds(took.within(perMille)))
	}
	age := noRatio
	if oldest > 0 {
		age = milliseconds(oldest)
	}
	board.row("Reads of a 1 s entry while the backend takes 200 ms, in us",
		[]string{"", "p50", "p99", "p99.9", "max", "oldest answer, ms"}, append(cells, age)...)
	if row != storeStallRow {
		return
	}
	worst := took.within(999)
	board.target("p99.9 of warm reads while refreshes take 200 ms, us", microseconds(worst), "under 1000", worst < time.Millisecond)
	// A cache that never refreshes has no stalls either.
	board.target("oldest answer among them, TTL 1 s, ms", age, "at most 1000", oldest > 0 && oldest <= stallTTL)
}

// raise sets a to v where v is the greater.
func raise(a *atomic.Int64, v int64) {
	for {
		old := a.Load()
		if v <= old || a.CompareAndSwap(old, v) {
			return
		}
	}
}

func storeReader(tb testing.TB) reader {
	store := newStore(tb, slow{}, secretmux.Options{TTL: stallTTL})
	return func(tb testing.TB, name string) time.Time {
		got, err := store.Get(tb.Context(), name)
		if err != nil {
			tb.Error(err)
		}
		return got.Created()
	}
}
