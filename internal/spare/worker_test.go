package spare_test

import (
	"runtime"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux/internal/spare"
)

// A bubble of synctest ends only when all its goroutines have ended, and time stands still
// once its test has returned: a goroutine that is left makes synctest panic. So each of
// these tests also shows that none is.

// self names the goroutine that calls it.
func self() string {
	id, _, _ := strings.Cut(string(stack()), " [")
	return id
}

func stack() []byte {
	text := make([]byte, 64)
	return text[:runtime.Stack(text, false)]
}

func TestOneGoroutineDoesWhatComesInARow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		seen, by := make(map[int]bool), make(map[string]bool)
		w := spare.Worker[int]{Keeps: true, Do: func(n int) { seen[n], by[self()] = true, true }}
		defer w.Close()
		for n := range 100 {
			w.Run(n, 0)
			// Never at the moment of a look, which for that moment has the goroutine.
			time.Sleep(spare.Rest / 3)
			synctest.Wait()
		}
		if len(seen) != 100 || len(by) != 1 {
			t.Errorf("%d of 100 pieces of work were done, by %d goroutines", len(seen), len(by))
		}
	})
}

func TestWithoutKeepsEachPieceHasItsOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		by := make(map[string]bool)
		w := spare.Worker[int]{Do: func(int) { by[self()] = true }}
		for n := range 10 {
			w.Run(n, 0)
			synctest.Wait()
		}
		if len(by) != 10 {
			t.Errorf("10 pieces of work were done by %d goroutines", len(by))
		}
	})
}

// What waits ends by itself, soon after the last work, whatever came before.
func TestAGoroutineWithoutWorkEnds(t *testing.T) {
	for _, pause := range []time.Duration{0, spare.Rest / 3, spare.Rest, spare.Rest * 3} {
		synctest.Test(t, func(*testing.T) {
			w := spare.Worker[int]{Keeps: true, Do: func(int) {}}
			for range 20 {
				w.Run(0, 0)
				time.Sleep(pause)
			}
			time.Sleep(2 * spare.Rest)
		})
	}
}

// Work does not wait for other work, and only one goroutine waits for more: Close
// dismisses no more than that.
func TestWorkSideBySide(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var begun atomic.Int32
		gate := make(chan struct{})
		w := spare.Worker[int]{Keeps: true, Do: func(int) { begun.Add(1); <-gate }}
		defer w.Close()
		for range 10 {
			w.Run(0, 0)
		}
		if synctest.Wait(); begun.Load() != 10 {
			t.Errorf("%d of 10 pieces of work have begun", begun.Load())
		}
		close(gate)
		synctest.Wait()
	})
}

// Close dismisses the one that waits and the one at work, and what comes later leaves
// nothing behind either.
func TestClose(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var done atomic.Int32
		gate := make(chan struct{})
		w := spare.Worker[chan struct{}]{Keeps: true, Do: func(c chan struct{}) { <-c; done.Add(1) }}
		at := make(chan struct{})
		close(at)
		w.Run(gate, 0)
		w.Run(at, 0)
		synctest.Wait()
		w.Close()
		close(gate)
		w.Run(at, 0)
		w.Close() // again
		if synctest.Wait(); done.Load() != 3 {
			t.Errorf("%d of 3 pieces of work were done", done.Load())
		}
	})
}

// Work that ends its goroutine takes nothing with it.
func TestWorkThatEndsItsGoroutine(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var done atomic.Int32
		w := spare.Worker[bool]{Keeps: true, Do: func(ends bool) {
			if done.Add(1); ends {
				runtime.Goexit()
			}
		}}
		defer w.Close()
		for _, ends := range []bool{false, true, true, false, true, false} {
			w.Run(ends, 0)
			synctest.Wait()
		}
		if done.Load() != 6 {
			t.Errorf("%d of 6 pieces of work were done", done.Load())
		}
	})
}

// One who waits keeps nothing of what was done: it is a load, with what its caller's
// context holds.
func TestNothingIsKeptWhileOneWaits(t *testing.T) {
	var freed atomic.Bool
	done := make(chan struct{}, 1)
	w := spare.Worker[*[1 << 10]byte]{Keeps: true, Do: func(*[1 << 10]byte) { done <- struct{}{} }}
	defer w.Close()
	run := func() {
		work := new([1 << 10]byte)
		runtime.AddCleanup(work, func(f *atomic.Bool) { f.Store(true) }, &freed)
		w.Run(work, 0)
	}
	run()
	<-done
	for deadline := time.Now().Add(10 * time.Second); !freed.Load(); runtime.GC() {
		if time.Now().After(deadline) {
			t.Fatal("what was done is still kept")
		}
		// The one who waits must not have ended, or this would show nothing.
		w.Run(nil, 0)
		<-done
	}
}

// A test in a bubble may forget to close what it opened.
func TestABubbleIsNotKeptOpen(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		if !spare.InBubble(time.Now()) {
			t.Error("a bubble is not known as one")
		}
	})
	if spare.InBubble(time.Now()) {
		t.Error("what is not a bubble passes for one")
	}
}

// Many who ask, and Close among them: each piece is done once.
func TestWorkFromAllSides(t *testing.T) {
	for range 50 {
		synctest.Test(t, func(t *testing.T) {
			var done atomic.Int32
			w := spare.Worker[int]{Keeps: true, Do: func(int) { done.Add(1) }}
			var all sync.WaitGroup
			for n := range 8 {
				all.Go(func() {
					for range 100 {
						w.Run(n, 0)
					}
				})
			}
			all.Go(w.Close)
			all.Wait()
			if synctest.Wait(); done.Load() != 800 {
				t.Errorf("%d of 800 pieces of work were done", done.Load())
			}
		})
	}
}

// What is made in a bubble is not kept, also if the worker is from outside.
func TestAWorkerFromOutsideABubble(t *testing.T) {
	start := time.Now()
	by := make(chan string, 1)
	w := spare.Worker[int]{Keeps: true, Do: func(int) { by <- self() }}
	defer w.Close()
	run := func() string {
		w.Run(0, int64(time.Since(start)))
		return <-by
	}
	before := run()
	for range 3 {
		synctest.Test(t, func(t *testing.T) {
			if now := int64(time.Since(start)); w.MayKeep(now) {
				t.Errorf("%d is a moment of the worker's clock", now)
			}
			inside := make(chan string, 1)
			was := w.Do
			defer func() { w.Do = was }()
			w.Do = func(int) { inside <- self() }
			w.Run(0, int64(time.Since(start)))
			if <-inside == before {
				t.Error("the goroutine from outside was used")
			}
		})
	}
}
