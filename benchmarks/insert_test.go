package benchmarks

import (
	"fmt"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
)

const (
	insertBatch  = 1000 // loads timed together, at the start and at the end
	insertRounds = 5    // the median counts
)

// BenchmarkInsert times loads of new names into an empty cache and into one of
// 99,000: an index that is copied for each insert would show.
func BenchmarkInsert(b *testing.B) {
	names := secretNames(manyNames)
	caches := []struct {
		row string
		// read returns what reads through a new cache, and what ends the cache.
		read func(b *testing.B) (func(name string), func())
	}{
		{"sync.Map", insertSyncMap},
		{"otter, expiry and refresh", insertOtter},
		{"secretmux Store", insertStore},
	}
	for _, cache := range caches {
		scenario(b, cache.row, func(b *testing.B) figures {
			var first, last []time.Duration
			for range insertRounds {
				runtime.GC()
				read, end := cache.read(b)
				first = append(first, readAll(read, names[:insertBatch]))
				readAll(read, names[insertBatch:manyNames-insertBatch])
				last = append(last, readAll(read, names[manyNames-insertBatch:]))
				end()
			}
			empty, full := nsEach(first), nsEach(last)
			board.row("Loads of new names, ns each",
				[]string{"", "first 1,000", "last 1,000 of 100,000", "last/first"},
				cache.row, fmt.Sprintf("%.0f", empty), fmt.Sprintf("%.0f", full), number(full/empty, true))
			return figures{"ns/load": full}
		})
	}
}

func readAll(read func(name string), names []string) time.Duration {
	start := time.Now()
	for _, name := range names {
		read(name)
	}
	return time.Since(start)
}

func nsEach(rounds []time.Duration) float64 {
	slices.Sort(rounds)
	return float64(rounds[len(rounds)/2].Nanoseconds()) / insertBatch
}

func insertSyncMap(b *testing.B) (read func(name string), end func()) {
	b.Helper()
	var m sync.Map
	backend := &instant{value: secretValue}
	return func(name string) { readThrough(b, &m, backend, name) }, func() {}
}

func insertOtter(b *testing.B) (read func(name string), end func()) {
	b.Helper()
	cache := newOtter(b, time.Hour, time.Hour/2)
	loader := loaderFrom(&instant{value: secretValue})
	read = func(name string) {
		if _, err := cache.Get(b.Context(), name, loader); err != nil {
			b.Fatal(err)
		}
	}
	return read, cache.InvalidateAll
}

func insertStore(b *testing.B) (read func(name string), end func()) {
	b.Helper()
	store := newStore(b, &instant{value: secretValue}, secretmux.Options{TTL: time.Hour})
	read = func(name string) {
		if _, err := store.Get(b.Context(), name); err != nil {
			b.Fatal(err)
		}
	}
	return read, func() {
		if err := store.Close(); err != nil {
			b.Error(err)
		}
	}
}
