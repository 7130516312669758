package benchmarks

import (
	"fmt"
	"runtime"
	"sync"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
)

const (
	manyNames  = 100_000
	valueBytes = 32
	mostBytes  = 360
)

// filled is a cache that holds many secrets, and how many backend calls it took.
type filled struct {
	keep  any
	calls func() int64
	again func(name string)
}

// TestMemory measures the heap that 100,000 cached secrets of 32 bytes take. The
// names are the caller's and are there before; a cache that copies them pays for
// the copies. Each row holds the same Secrets, each with a version id of 36 bytes.
func TestMemory(t *testing.T) {
	names := secretNames(manyNames)
	caches := []struct {
		row  string
		fill func(testing.TB, []string) filled
	}{
		{"only the Secrets, in a slice", fillSlice},
		{"sync.Map", fillSyncMap},
		{"otter, expiry and refresh", fillOtter},
		{"secretmux Store", fillStore},
	}
	for _, cache := range caches {
		t.Run(cache.row, func(t *testing.T) {
			before := heapInUse()
			got := cache.fill(t, names)
			each := int64(heapInUse()-before)/manyNames - valueBytes
			for _, name := range names {
				got.again(name)
			}
			if calls := got.calls(); calls != manyNames {
				t.Fatalf("made %d backend calls for %d names read twice: they were not all cached", calls, manyNames)
			}
			board.row("100,000 cached secrets of 32 bytes", []string{"", "bytes each, without the value"},
				cache.row, fmt.Sprint(each))
			runtime.KeepAlive(got.keep)
			if cache.row != "secretmux Store" {
				return
			}
			board.target("100,000 cached secrets, bytes each above the value", fmt.Sprint(each), "at most 360", each <= mostBytes)
			if each > mostBytes {
				t.Errorf("%d bytes each above the value, want at most %d", each, mostBytes)
			}
		})
	}
	runtime.KeepAlive(names)
}

// heapInUse is the live heap. The second collection frees what the first one's
// finalizers and pools held back.
func heapInUse() uint64 {
	runtime.GC()
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}

func fillSlice(tb testing.TB, names []string) filled {
	tb.Helper()
	backend := &instant{value: secretValue}
	secrets := make([]secretmux.Secret, len(names))
	for i, name := range names {
		secrets[i], _ = backend.Get(tb.Context(), name) // never fails
	}
	return filled{keep: secrets, calls: backend.calls.Load, again: func(string) {}}
}

func fillSyncMap(tb testing.TB, names []string) filled {
	tb.Helper()
	backend := &instant{value: secretValue}
	m := &sync.Map{}
	read := func(name string) { readThrough(tb, m, backend, name) }
	for _, name := range names {
		read(name)
	}
	return filled{keep: m, calls: backend.calls.Load, again: read}
}

// readThrough is the cache that a service writes itself when it has no library.
func readThrough(tb testing.TB, m *sync.Map, backend secretmux.Provider, name string) {
	tb.Helper()
	if _, ok := m.Load(name); ok {
		return
	}
	secret, err := backend.Get(tb.Context(), name)
	if err != nil {
		tb.Fatal(err)
	}
	m.Store(name, secret)
}

func fillOtter(tb testing.TB, names []string) filled {
	tb.Helper()
	backend := &instant{value: secretValue}
	cache := newOtter(tb, time.Hour, time.Hour/2)
	loader := loaderFrom(backend)
	read := func(name string) {
		if _, err := cache.Get(tb.Context(), name, loader); err != nil {
			tb.Fatal(err)
		}
	}
	for _, name := range names {
		read(name)
	}
	cache.CleanUp()
	return filled{keep: cache, calls: backend.calls.Load, again: read}
}

func fillStore(tb testing.TB, names []string) filled {
	tb.Helper()
	backend := &instant{value: secretValue}
	store := newStore(tb, backend, secretmux.Options{TTL: time.Hour})
	read := func(name string) {
		if _, err := store.Get(tb.Context(), name); err != nil {
			tb.Fatal(err)
		}
	}
	for _, name := range names {
		read(name)
	}
	return filled{keep: store, calls: backend.calls.Load, again: read}
}
