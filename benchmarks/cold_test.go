package benchmarks

import (
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"
)

const (
	coldLoads  = 250 // of new names, timed together
	coldRounds = 401 // of each cache, in turns
	mostCold   = 2.0
)

// BenchmarkCold times reads of names that nobody has read yet, from a backend that
// answers at once: what a cache adds to a call. The caches take turns in short rounds,
// so that what the machine does besides hits all of them; the best round counts, and the
// median of the ratios.
func BenchmarkCold(b *testing.B) {
	caches := []struct {
		row  string
		read func(b *testing.B) (func(name string), func())
	}{
		{"otter, expiry and refresh", insertOtter},
		{"sync.Map", insertSyncMap},
		{"secretmux Store", insertStore},
		{"sync.Map, read in a goroutine", insertBounded},
	}
	scenario(b, "single load", func(b *testing.B) figures {
		names := secretNames(coldLoads)
		took := make([][]time.Duration, len(caches))
		for range coldRounds {
			for i, cache := range caches {
				read, end := cache.read(b)
				read("the first of all")
				took[i] = append(took[i], readAll(read, names)/coldLoads)
				end()
			}
		}
		f := figures{}
		for i, cache := range caches {
			best := slices.Min(took[i])
			ratio := medianRatio(took[i], took[0])
			board.row("A cold single load, from a backend that answers at once",
				[]string{"", "best, us", "x otter", "median of ratios"}, cache.row,
				microseconds(best), number(float64(best)/float64(slices.Min(took[0])), true), number(ratio, true))
			f[fmt.Sprintf("x-otter-%d", i)] = ratio
		}
		best := float64(slices.Min(took[2])) / float64(slices.Min(took[0]))
		board.target("a cold single load", fmt.Sprintf("%.2f x", best), "at most 2 x otter's", best <= mostCold)
		return f
	})
}

// insertBounded reads into a sync.Map in the only way that has a bound: a reader can only leave
// a call that does not return if the call has a goroutine of its own. It has none of what
// a cache adds, so it is the least that any bounded read can take.
func insertBounded(b *testing.B) (read func(name string), end func()) {
	b.Helper()
	var m sync.Map
	backend := &instant{value: secretValue}
	return func(name string) {
		done := make(chan struct{})
		go func() {
			roomy(false)
			defer close(done)
			readThrough(b, &m, backend, name)
		}()
		select {
		case <-done:
		case <-b.Context().Done():
		}
	}, func() {}
}

// roomy makes room on the stack of a new goroutine, as the store does: to grow it later,
// under calls, takes almost twice as long.
//
//go:noinline
func roomy(really bool) {
	if really {
		var room [3 << 10]byte
		runtime.KeepAlive(&room)
	}
}

// medianRatio is that of rounds which took place one after the other.
func medianRatio(took, base []time.Duration) float64 {
	ratios := make([]float64, len(took))
	for i := range took {
		ratios[i] = float64(took[i]) / float64(base[i])
	}
	slices.Sort(ratios)
	return ratios[len(ratios)/2]
}
