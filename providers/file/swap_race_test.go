package file_test

import (
	"errors"
	"slices"
	"strconv"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/file"
)

// While a volume is swapped without a pause, a name that was always there is
// never absent, and a batch never mixes two generations.
func TestReadsDuringSwaps(t *testing.T) {
	pair := func(i int) map[string]string { return map[string]string{"a": strconv.Itoa(i), "d/b": strconv.Itoa(i)} }
	v := newVolume(t, pair(0))
	p := open(t, v.dir)
	done := make(chan error, 1)
	go func() {
		for i := range 500 {
			if err := v.trySwap(pair(i)); err != nil {
				done <- err
				return
			}
		}
		done <- nil
	}()
	batches := 0
	for running := true; running; {
		select {
		case err := <-done:
			must(t, err)
			running = false
		default:
		}
		results, err := p.GetMany(t.Context(), []string{"a", "d/b"})
		must(t, err)
		if a, b := results[0], results[1]; a.Err == nil && b.Err == nil {
			batches++
			if a.Secret.Reveal() != b.Secret.Reveal() {
				t.Fatalf("a batch mixes generations %s and %s", a.Secret.Reveal(), b.Secret.Reveal())
			}
		} else if err := errors.Join(a.Err, b.Err); errors.Is(err, secretmux.ErrNotFound) {
			t.Fatal(err)
		}
		if _, err := p.Get(t.Context(), "d/b"); errors.Is(err, secretmux.ErrNotFound) {
			t.Fatal(err)
		}
		if got := listed(t, p); got != nil && !slices.Equal(got, []string{"a", "d/b"}) {
			t.Fatalf("a list has holes: %q", got)
		}
	}
	if batches == 0 {
		t.Error("no batch was read")
	}
}

// listed returns the names, or nil when the folder changed too often.
func listed(t *testing.T, p *file.Provider) []string {
	t.Helper()
	all := []string{}
	for info, err := range p.List(t.Context(), "") {
		if errors.Is(err, secretmux.ErrUnavailable) {
			return nil
		}
		must(t, err)
		all = append(all, info.Name)
	}
	return all
}
