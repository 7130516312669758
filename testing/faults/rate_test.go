package faults_test

import (
	"fmt"
	"sync"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/testing/faults"
)

// hits returns which of n Gets of each name fail.
func hits(t *testing.T, seed uint64, rate float64, n int, names ...string) map[string]string {
	t.Helper()
	f := faults.New(faults.Options{Seed: seed, Rules: []faults.Rule{
		{Rate: rate, Steps: []faults.Step{{Err: secretmux.ErrUnavailable}}, Repeat: true},
	}})
	p := f.Wrap(backend())
	var (
		mu  sync.Mutex
		all = map[string]string{}
		wg  sync.WaitGroup
	)
	for _, name := range names {
		wg.Go(func() {
			pattern := ""
			for range n {
				_, err := p.Get(t.Context(), name)
				pattern += map[bool]string{true: "x", false: "."}[err != nil]
			}
			mu.Lock()
			defer mu.Unlock()
			all[name] = pattern
		})
	}
	wg.Wait()
	return all
}

func TestRateIsTheSameInEveryRunAndOrder(t *testing.T) {
	together := hits(t, 1, 0.5, 200, "a", "b", "c")
	if again := hits(t, 1, 0.5, 200, "a", "b", "c"); fmt.Sprint(again) != fmt.Sprint(together) {
		t.Errorf("another run hits other calls")
	}
	for _, name := range []string{"a", "b", "c"} {
		if alone := hits(t, 1, 0.5, 200, name); alone[name] != together[name] {
			t.Errorf("calls for other names change which calls for %s are hit", name)
		}
	}
	if together["a"] == together["b"] {
		t.Errorf("two names are hit alike")
	}
	if other := hits(t, 2, 0.5, 200, "a"); other["a"] == together["a"] {
		t.Errorf("two seeds hit alike")
	}
}

func TestRateIsTheShareThatIsHit(t *testing.T) {
	for _, rate := range []float64{0.01, 0.1, 0.5, 0.9, 1} {
		for seed := range uint64(5) {
			const n = 5000
			failed := 0
			for _, c := range hits(t, seed, rate, n, "a")["a"] {
				if c == 'x' {
					failed++
				}
			}
			if got := float64(failed) / n; got < rate-0.03 || got > rate+0.03 {
				t.Errorf("seed %d: %v of the calls were hit, want about %v", seed, got, rate)
			}
		}
	}
}

// TestRateUsesUpNoStep: a call that is passed over leaves the script where it is.
func TestRateUsesUpNoStep(t *testing.T) {
	_, p := with(faults.Rule{Rate: 0.3, Steps: []faults.Step{{Err: secretmux.ErrDenied}, {Err: secretmux.ErrCorrupt}}})
	seen := map[string]int{}
	for range 100 {
		seen[outcomes(t, p, "a", 1)]++
	}
	if seen["denied"] != 1 || seen["corrupt"] != 1 || seen["1"] != 98 {
		t.Errorf("outcomes %v, want each step once", seen)
	}
}
