package benchmarks

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
)

const (
	crowdTitle    = "Cold reads of another name while the store is busy, ms"
	crowdRate     = 500 // cold reads a second
	unknownFields = 20_000
	documentBytes = 200 << 10
	mostOfFields  = 10 * time.Second
	mostKept      = 3 << 20
	mostWait      = 50 * time.Millisecond
)

var crowdHeader = []string{"", "p50", "p99", "longest", "reads"}

// cold reads names that nobody has read yet, at a steady rate for d.
func cold(b *testing.B, store *secretmux.Store, d time.Duration) latencies {
	b.Helper()
	names := secretNames(int(d.Seconds() * crowdRate))
	return arrive(d, crowdRate, func(i int, _ time.Time) {
		if _, err := store.Get(b.Context(), "cold-"+names[i]); err != nil {
			b.Error(err)
		}
	})
}

// handOvers times at the same rate what a cold read consists of as far as the scheduler
// goes: its caller waits for a goroutine, and that for another one.
func handOvers(d time.Duration) latencies {
	return arrive(d, crowdRate, func(int, time.Time) {
		loaded, called := make(chan struct{}), make(chan struct{})
		go func() {
			go close(called)
			<-called
			close(loaded)
		}()
		<-loaded
	})
}

func crowdRow(row string, took latencies) {
	board.row(crowdTitle, crowdHeader, row, milliseconds(took.within(500)), milliseconds(took.within(990)),
		milliseconds(took.within(1000)), fmt.Sprint(len(took)))
}

// BenchmarkCrowd measures what a reader of a cold name waits for while others keep the
// store busy. What the machine adds is in the first row.
func BenchmarkCrowd(b *testing.B) {
	scenario(b, "idle", func(b *testing.B) figures {
		took := cold(b, newStore(b, &instant{value: secretValue}, secretmux.Options{TTL: time.Hour}), 3*time.Second)
		crowdRow("a store that is idle (what the machine adds)", took)
		return figures{"longest-ns": float64(took.within(1000).Nanoseconds())}
	})
	scenario(b, "unknown fields", measureFields)
	scenario(b, "watched", measureWatched)
}

// measureFields asks for fields that one document does not have, as a caller that
// chooses the name of a field can.
func measureFields(b *testing.B) figures {
	document := `{"a":"` + strings.Repeat("x", documentBytes) + `"}`
	store := newStore(b, &instant{value: func(string) string { return document }}, secretmux.Options{
		TTL: time.Hour, NegativeTTL: time.Hour, MaxEntries: 500,
	})
	if _, err := store.Get(b.Context(), "document"); err != nil {
		b.Fatal(err)
	}
	before := heapInUse()
	other := make(chan latencies)
	stop := make(chan struct{})
	go func() {
		var all latencies
		for {
			select {
			case <-stop:
				other <- all
				return
			default:
				start := time.Now()
				store.Invalidate("another")
				if _, err := store.Get(b.Context(), "another"); err != nil {
					b.Error(err)
				}
				all = append(all, time.Since(start))
				time.Sleep(time.Millisecond)
			}
		}
	}()
	start := time.Now()
	for i := range unknownFields {
		if _, err := store.Get(b.Context(), fmt.Sprintf("document#tenant-%d", i)); !errors.Is(err, secretmux.ErrFieldNotFound) {
			b.Fatal(err)
		}
	}
	took := time.Since(start)
	close(stop)
	reads := sorted(<-other)
	kept := int64(heapInUse()) - int64(before)
	crowdRow("20,000 unknown fields of a document of 200 KB, one after the other", reads)
	board.target("20,000 unknown fields of 200 KB, s", fmt.Sprintf("%.2f", took.Seconds()), "under 10", took < mostOfFields)
	board.target("... MB kept", fmt.Sprintf("%.2f", float64(kept)/(1<<20)), "under 3", kept < mostKept)
	board.target("... longest cold read of another name, ms", milliseconds(reads.within(1000)), "under 50", reads.within(1000) < mostWait)
	return figures{"s": took.Seconds()}
}

// measureWatched has 100,000 watched secrets fall due at once: they all end at the same
// moment, and are loaded again two seconds before.
func measureWatched(b *testing.B) figures {
	const within = 20 * time.Second
	end := time.Now().Add(within)
	var calls atomic.Int64
	backend := secretmux.ProviderFunc(func(_ context.Context, name string) (secretmux.Secret, error) {
		calls.Add(1)
		meta := secretmux.Meta{Source: "bench:"}
		if left := time.Until(end); left > within/4 {
			meta.Expires = end
		}
		return secretmux.NewSecret([]byte(secretValue(name)), meta), nil
	})
	store := newStore(b, backend, secretmux.Options{TTL: time.Hour, Jitter: -1})
	for _, name := range secretNames(manyNames) {
		if _, err := store.Watch(b.Context(), name); err != nil {
			b.Fatal(err)
		}
	}
	runtime.GC()
	time.Sleep(time.Until(end.Add(-4 * time.Second)))
	before := calls.Load()
	plain := make(chan latencies)
	go func() { plain <- handOvers(6 * time.Second) }()
	took, others := cold(b, store, 6*time.Second), <-plain
	if refreshed := int(calls.Load()-before) - len(took); refreshed < manyNames*9/10 {
		b.Logf("only %d of %d fell due while others read", refreshed, manyNames)
	}
	crowdRow("100,000 watched secrets that fall due at once", took)
	crowdRow("... meanwhile four hand-overs between goroutines that have nothing to do with the store", others)
	board.target("100,000 due at once, longest cold read, ms", milliseconds(took.within(1000)), "at most 50", took.within(1000) <= mostWait)
	return figures{"longest-ns": float64(took.within(1000).Nanoseconds())}
}

// TestAbsentNamesLeave asks for 100,000 names that do not exist. When NegativeTTL is
// over, nothing is left of them.
func TestAbsentNamesLeave(t *testing.T) {
	const most = 10 // per cent
	names := secretNames(manyNames)
	synctest.Test(t, func(t *testing.T) {
		store := newStore(t, secretmux.ProviderFunc(func(context.Context, string) (secretmux.Secret, error) {
			return secretmux.Secret{}, secretmux.ErrNotFound
		}), secretmux.Options{NegativeTTL: time.Minute})
		before := heapInUse()
		for _, name := range names {
			if _, err := store.Get(t.Context(), name); !errors.Is(err, secretmux.ErrNotFound) {
				t.Fatal(err)
			}
		}
		full := heapInUse()
		time.Sleep(2 * time.Minute)
		synctest.Wait()
		after := heapInUse()
		runtime.KeepAlive(names)
		part := 100 * (float64(after) - float64(before)) / float64(before)
		board.target("100,000 absent names after NegativeTTL, heap", fmt.Sprintf("%+.1f %% (%+.0f %% before)",
			part, 100*(float64(full)-float64(before))/float64(before)), "within 10 %", part <= most)
		if part > most {
			t.Errorf("the heap was %d bytes before, %d with the names, and is %d", before, full, after)
		}
	})
}
