// Package spare keeps for the next load what the last one no longer needs: its goroutine, and
// the channel that woke its reader. Making them anew takes a quarter of a cold read.
package spare

import (
	"runtime"
	"sync/atomic"
	"time"
)

// Rest is the least time for which a goroutine waits for more work. It ends within twice that
// time, so that an idle program has no such goroutine. Loads come in bursts, in which the next
// load is a few microseconds away. Between bursts, starting a goroutine costs nothing beside the
// call of a backend.
const Rest = 10 * time.Millisecond

// Worker does pieces of work in goroutines other than the caller's. It is safe for concurrent
// use. Set its fields before the first call of Run.
//
// One goroutine at most waits for more work. If more could wait, a burst would leave as many
// behind; and one is enough for a reader who reads one name after the other.
//
// Some things belong to a goroutine and outlive a piece of work: the profiler's labels, which
// come from the caller of its first piece, and a thread that was locked to it.
type Worker[T any] struct {
	// Do does a piece of work. It may end its goroutine, and must not panic.
	Do func(T)
	// Keeps says that a goroutine waits for more work. If it is false, each piece of work has a
	// new goroutine.
	Keeps bool

	// Whoever takes the hand out of parked is its only owner, and must give it work, put it back
	// or dismiss it. So no lock is needed.
	parked  atomic.Pointer[hand[T]]
	watched atomic.Bool // a call of look is planned
	closed  atomic.Bool
}

// hand is a goroutine that does one piece of work after the other.
type hand[T any] struct {
	next chan T // closed to dismiss it
	used bool   // since the last look
}

// Run begins a piece of work and does not wait for it. now is as in MayKeep.
func (w *Worker[T]) Run(work T, now int64) {
	if !w.MayKeep(now) {
		go w.Do(work)
		return
	}
	if h := w.parked.Swap(nil); h != nil {
		h.next <- work // this never blocks: a parked hand has no work
		return
	}
	go w.work(work)
}

// Close dismisses the goroutine that waits. One that is at work ends when the work is done. Run
// still works, each time in a new goroutine.
func (w *Worker[T]) Close() {
	// It is set first: a hand that parks after the Swap sees it, and leaves by itself.
	w.closed.Store(true)
	if h := w.parked.Swap(nil); h != nil {
		close(h.next)
	}
}

// InBubble reports whether now comes from the clock of a testing/synctest bubble, which begins
// in the year 2000, as its documentation says. A bubble lasts until all its goroutines have
// ended, and its clock stops when its test has returned. So a goroutine that waits for work
// would make a test fail if the test forgets to close something.
func InBubble(now time.Time) bool { return now.Year() < 2010 }

// MayKeep reports whether what is made now may be kept for later. now is in nanoseconds since
// the caller's clock began. If a bubble was entered or left since then, nothing may be kept: a
// goroutine must not be left in a bubble, and a bubble's channel is of no use outside. MayKeep
// needs no other clock, because that of a bubble is decades off.
func (w *Worker[T]) MayKeep(now int64) bool {
	const decades = 20 * 365 * 24 * int64(time.Hour)
	return w.Keeps && now >= 0 && now < decades
}

func (w *Worker[T]) work(work T) {
	deepen(false)
	h := &hand[T]{next: make(chan T, 1)}
	for ok := true; ok; work, ok = <-h.next {
		w.Do(work)
		if h.used = true; !w.park(h) {
			return
		}
	}
}

// park lets h wait for work. It returns false if another one waits or the worker is closed. Then
// h must end.
func (w *Worker[T]) park(h *hand[T]) bool {
	if !w.parked.CompareAndSwap(nil, h) {
		return false
	}
	// Close may have come since the work ended. If h was taken out meanwhile, it gets work or is
	// dismissed, and must wait for that.
	if w.closed.Load() && w.parked.CompareAndSwap(h, nil) {
		return false
	}
	if !w.watched.Load() && w.watched.CompareAndSwap(false, true) {
		time.AfterFunc(Rest, w.look)
	}
	return true
}

// look dismisses a hand that had no work since the last call of look. It is planned while a hand
// is parked, and not for each piece of work: moving a timer each time would take as long as
// starting a goroutine.
func (w *Worker[T]) look() {
	// This comes first: a hand that parks from here on plans the next look.
	w.watched.Store(false)
	h := w.parked.Swap(nil)
	if h == nil {
		return // the hand is at work, and will park again
	}
	used := h.used
	if h.used = false; !used || !w.park(h) {
		close(h.next)
	}
}

// deepen makes room on the stack of a new goroutine, which begins with 2 KB. A loader needs
// more, and moving a stack with many calls on it takes a third of a cold read. Here the stack is
// still empty. The array is there only to make the frame large.
//
//go:noinline
func deepen(really bool) {
	if really {
		var room [3 << 10]byte
		runtime.KeepAlive(&room)
	}
}
