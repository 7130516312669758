package benchmarks

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
)

// TestStampede makes 10,000 readers wait for one name that was not read yet. In
// the bubble the backend answers only after all of them are waiting.
func TestStampede(t *testing.T) {
	const readers = 10_000
	synctest.Test(t, func(t *testing.T) {
		var calls atomic.Int64
		store := newStore(t, secretmux.ProviderFunc(func(_ context.Context, name string) (secretmux.Secret, error) {
			calls.Add(1)
			time.Sleep(20 * time.Millisecond)
			return newSecret(name, secretValue(name)), nil
		}), secretmux.Options{})
		name := secretNames(1)[0]
		var wrong atomic.Int64
		var wg sync.WaitGroup
		for range readers {
			wg.Go(func() {
				got, err := store.Get(t.Context(), name)
				if err != nil || got.Reveal() != secretValue(name) {
					wrong.Add(1)
				}
			})
		}
		wg.Wait()
		if n := wrong.Load(); n != 0 {
			t.Errorf("%d of %d readers did not get the value", n, readers)
		}
		board.target("backend calls for 10,000 goroutines on one cold name", fmt.Sprint(calls.Load()), "1", calls.Load() == 1)
		if calls.Load() != 1 {
			t.Errorf("got %d backend calls, want 1", calls.Load())
		}
	})
}
