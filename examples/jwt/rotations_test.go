package main

import (
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/keys"
	"github.com/secretmux/secretmux/testing/memory"
)

// Eight goroutines sign and verify through fifty rotations: no token is refused within
// the overlap, and all are refused after it, even in a process that starts after each
// rotation.
func TestEightSignersThroughFiftyRotations(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const signers, rotations, overlap = 8, 50, time.Hour
		backend := memory.New(map[string]string{"jwt": must(newKey())})
		o := keys.Options{Overlap: overlap, Previous: true}
		store, set := open(t, backend, o)
		var good, late atomic.Int64
		var old []string
		for range rotations {
			tokens := make([]string, signers)
			each(signers, func(i int) { tokens[i] = must(issue(set)) })
			time.Sleep(overlap)
			if err := rotate(t.Context(), store, backend, set); err != nil {
				t.Fatal(err)
			}
			_, fresh := open(t, backend, o)
			for _, s := range []*keys.Set{set, fresh} {
				each(signers, func(i int) {
					if err := verify(s, tokens[i]); err != nil {
						t.Errorf("a token is refused within the overlap: %v", err)
					}
					if err := verify(s, must(issue(set))); err != nil {
						t.Errorf("a new token is refused: %v", err)
					}
					good.Add(2)
					// Those of the rotation before: their key was replaced over an
					// overlap ago.
					if i < len(old) {
						if verify(s, old[i]) == nil {
							t.Error("a token is accepted after the overlap")
						}
						late.Add(1)
					}
				})
			}
			old = tokens
		}
		t.Logf("%d verified within the overlap, none refused; %d after it, none accepted", good.Load(), late.Load())
	})
}

func open(t *testing.T, backend *memory.Provider, o keys.Options) (*secretmux.Store, *keys.Set) {
	t.Helper()
	store := must(secretmux.New(backend, secretmux.Options{TTL: 24 * time.Hour}))
	set := must(keys.New(t.Context(), store, "jwt", o))
	t.Cleanup(func() { _, _ = set.Close(), store.Close() })
	return store, set
}

func each(n int, do func(i int)) {
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() { do(i) })
	}
	wg.Wait()
}

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}
