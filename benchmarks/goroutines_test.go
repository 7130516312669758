package benchmarks

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
)

const goroutinesTitle = "Goroutines of a store"

// TestGoroutinesOfAnIdleStore loads 100,000 secrets and lets an hour pass, and
// another: in the bubble, in which no time passes while anything runs.
func TestGoroutinesOfAnIdleStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		backend := &instant{value: secretValue}
		store := newStore(t, backend, secretmux.Options{})
		for _, name := range secretNames(manyNames) {
			if _, err := store.Get(t.Context(), name); err != nil {
				t.Fatal(err)
			}
		}
		reportGoroutines("100,000 loaded, just read", settled())
		time.Sleep(time.Hour)
		idle := settled()
		reportGoroutines("100,000 loaded, idle for an hour", idle)
		calls := backend.calls.Load()
		time.Sleep(time.Hour)
		synctest.Wait()
		calls = backend.calls.Load() - calls
		board.target("goroutines, idle and unwatched", fmt.Sprint(idle), "0", idle == 0)
		board.target("backend calls in an hour, idle and unwatched", fmt.Sprint(calls), "0", calls == 0)
		if idle != 0 || calls != 0 {
			t.Errorf("an idle store has %d goroutines and made %d backend calls in an hour, want none", idle, calls)
		}
	})
}

// TestGoroutinesOfAWatchedStore counts after 10 and after 1,000 callbacks.
func TestGoroutinesOfAWatchedStore(t *testing.T) {
	few, many := watchedGoroutines(t, 10), watchedGoroutines(t, 1000)
	reportGoroutines("10 watched", few)
	reportGoroutines("1,000 watched", many)
	board.target("goroutines at 1,000 watched and at 10", fmt.Sprintf("%d and %d", many, few), "the same", many == few)
	if many != few {
		t.Errorf("%d goroutines at 1,000 watched secrets and %d at 10, want the same", many, few)
	}
}

// TestSettledSeesALoad makes sure that a count of none means something.
func TestSettledSeesALoad(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		store := newStore(t, slow{}, secretmux.Options{})
		done := make(chan error)
		go func() {
			_, err := store.Get(t.Context(), secretNames(1)[0])
			done <- err
		}()
		if settled() == 0 {
			t.Error("counted no goroutine while a load was under way")
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

func watchedGoroutines(t *testing.T, n int) (count int) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		store := newStore(t, &instant{value: secretValue}, secretmux.Options{})
		for _, name := range secretNames(n) {
			if _, err := store.Get(t.Context(), name); err != nil {
				t.Fatal(err)
			}
			stop, err := store.OnRotate(name, func(context.Context, secretmux.Rotation) error { return nil })
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(stop)
		}
		time.Sleep(time.Hour)
		count = settled()
	})
	return count
}

// settled counts the library's goroutines after all in the bubble have come to
// rest. It reads their stacks: runtime.NumGoroutine also counts the runtime's own
// and, for an instant, those that have just ended.
func settled() int {
	synctest.Wait()
	stacks := make([]byte, 1<<20)
	for {
		n := runtime.Stack(stacks, true)
		if n < len(stacks) {
			stacks = stacks[:n]
			break
		}
		stacks = make([]byte, 2*len(stacks))
	}
	const module = "github.com/secretmux/secretmux"
	count := 0
	for stack := range strings.SplitSeq(string(stacks), "\n\n") {
		if strings.Contains(strings.ReplaceAll(stack, module+"/benchmarks", ""), module) {
			count++
		}
	}
	return count
}

func reportGoroutines(row string, n int) {
	board.row(goroutinesTitle, []string{"", "goroutines"}, row, fmt.Sprint(n))
}
