package benchmarks

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
)

const (
	coldNames = 100
	batchSize = 20
	roundTrip = 20 * time.Millisecond
)

// batching is a backend that reads up to 20 names a call, such as AWS Secrets
// Manager: its calls take 20 ms each and run side by side.
type batching struct{ calls atomic.Int64 }

// Get implements secretmux.Provider.
func (p *batching) Get(ctx context.Context, name string) (secretmux.Secret, error) {
	p.call(ctx)
	return newSecret(name, secretValue(name)), ctx.Err()
}

// GetMany implements secretmux.ManyGetter.
func (p *batching) GetMany(ctx context.Context, names []string) ([]secretmux.Result, error) {
	var wg sync.WaitGroup
	for range slices.Collect(slices.Chunk(names, batchSize)) {
		wg.Go(func() { p.call(ctx) })
	}
	wg.Wait()
	results := make([]secretmux.Result, len(names))
	for i, name := range names {
		results[i] = secretmux.Result{Name: name, Secret: newSecret(name, secretValue(name))}
	}
	return results, ctx.Err()
}

func (p *batching) call(ctx context.Context) {
	p.calls.Add(1)
	answer := time.NewTimer(roundTrip)
	defer answer.Stop()
	select {
	case <-answer.C:
	case <-ctx.Done():
	}
}

// readTogether and readOneByOne read cold names and return how long it took.
func readTogether(tb testing.TB, store *secretmux.Store, names []string) time.Duration {
	tb.Helper()
	start := time.Now()
	got, err := store.GetAll(tb.Context(), names...)
	took := time.Since(start)
	if err != nil || len(got) != len(names) {
		tb.Fatalf("got %d of %d secrets and error %v", len(got), len(names), err)
	}
	return took
}

func readOneByOne(tb testing.TB, store *secretmux.Store, names []string) time.Duration {
	tb.Helper()
	start := time.Now()
	for _, name := range names {
		if _, err := store.Get(tb.Context(), name); err != nil {
			tb.Fatal(err)
		}
	}
	return time.Since(start)
}

// TestBatch counts calls and round trips; in the bubble only the backend takes
// time.
func TestBatch(t *testing.T) {
	const mostTrips = 3
	synctest.Test(t, func(t *testing.T) {
		backend := &batching{}
		store := newStore(t, backend, secretmux.Options{})
		took := readTogether(t, store, secretNames(coldNames))
		calls, trips := backend.calls.Load(), float64(took)/float64(roundTrip)
		board.target("backend calls for 100 cold secrets, 20 a call", fmt.Sprint(calls), "5", calls == coldNames/batchSize)
		board.target("round trips for 100 cold secrets", number(trips, true), "at most 3", trips <= mostTrips)
		if calls != coldNames/batchSize {
			t.Errorf("got %d backend calls, want %d", calls, coldNames/batchSize)
		}
		if trips > mostTrips {
			t.Errorf("took %.1f round trips, want at most %d", trips, mostTrips)
		}
	})
}

// BenchmarkBatch takes the wall time of the same reads.
func BenchmarkBatch(b *testing.B) {
	ways := []struct {
		row    string
		rounds int
		read   func(testing.TB, *secretmux.Store, []string) time.Duration
	}{
		{"secretmux GetMany of 100", 50, readTogether},
		{"secretmux 100 Gets, one by one", 1, readOneByOne},
	}
	for _, way := range ways {
		scenario(b, way.row, func(b *testing.B) figures {
			var took time.Duration
			var backend *batching
			for range way.rounds {
				backend = &batching{}
				took += way.read(b, newStore(b, backend, secretmux.Options{}), secretNames(coldNames))
			}
			took /= time.Duration(way.rounds)
			trips := float64(took) / float64(roundTrip)
			board.row("100 cold secrets, a backend of 20 names a call and 20 ms a call",
				[]string{"", "calls", "ms", "round trips"},
				way.row, fmt.Sprint(backend.calls.Load()), milliseconds(took), fmt.Sprintf("%.1f", trips))
			return figures{"round-trips": trips}
		})
	}
}
