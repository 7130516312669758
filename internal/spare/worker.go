// Package spare keeps what one load no longer needs for the next: the goroutine that
// made it, and the channel by which its reader was woken. To make them anew is a
// quarter of what a cold read takes.
package spare

import (
	"runtime"
	"sync/atomic"
	"time"
)

// Rest is for how long a goroutine waits for more work at least. Within twice that it
// ends, so that a program which is idle has none. Loads come in bursts, of which
// the next load is a few microseconds away; between bursts a new goroutine is nothing
// beside the call of a backend.
const Rest = 10 * time.Millisecond

// Worker does pieces of work, each apart from the others and from who asks for it.
// It is safe for concurrent use. Set its fields before the first call of Run.
//
// One goroutine at most waits for more work. If it were more, a burst would leave as many
// behind, and one is enough for a reader who reads one name after the other.
//
// What belongs to a goroutine outlives a piece of work: the profiler's labels, which it
// has from the one who asked for its first piece, and a thread that was locked to it.
type Worker[T any] struct {
	// Do does a piece of work. It may end its goroutine, and must not panic.
	Do func(T)
	// Keeps says that a goroutine waits for more work. Without it each piece of work has a
	// new one.
	Keeps bool

	// Whoever takes the hand out of here has it to itself, and must give it work, put it
	// back or dismiss it. That does without a lock.
	parked  atomic.Pointer[hand[T]]
	watched atomic.Bool // a look is planned
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
		h.next <- work // it has room: a hand that has work is not parked
		return
	}
	go w.work(work)
}

// Close dismisses the goroutine that waits. One that is at work ends after that. Run still
// works, each time in a new goroutine.
func (w *Worker[T]) Close() {
	// Before the look: a hand that parks after it sees this, and leaves by itself.
	w.closed.Store(true)
	if h := w.parked.Swap(nil); h != nil {
		close(h.next)
	}
}

// InBubble reports whether now was told in a bubble of testing/synctest, whose clock begins
// in the year 2000, as its documentation says. A bubble lasts until all its goroutines have
// ended, and once its test has returned, its clock stands still. So one that waits for work
// would make each test fail that forgets to close something.
func InBubble(now time.Time) bool { return now.Year() < 2010 }

// MayKeep reports whether what is made now may be kept for later. It may not if a bubble was
// entered, or left, since the clock began by which now is told, in nanoseconds: a goroutine
// must not be left in a bubble, and a bubble's channel is of no use outside. The bubble's
// clock is decades off, so that this takes no look at another one.
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

// park lets h wait for work. It reports false, and h must end, where another one waits
// or the worker is closed.
func (w *Worker[T]) park(h *hand[T]) bool {
	if !w.parked.CompareAndSwap(nil, h) {
		return false
	}
	// Close may have come between the work and here. If h was taken out by now, it gets work
	// or is dismissed, and must wait for that.
	if w.closed.Load() && w.parked.CompareAndSwap(h, nil) {
		return false
	}
	if !w.watched.Load() && w.watched.CompareAndSwap(false, true) {
		time.AfterFunc(Rest, w.look)
	}
	return true
}

// look dismisses a hand that had no work since the last look. It is planned while one is
// parked, and not for each piece of work: to move a timer each time would take as long as
// to start a goroutine.
func (w *Worker[T]) look() {
	// First: one that parks from here on plans the next look.
	w.watched.Store(false)
	h := w.parked.Swap(nil)
	if h == nil {
		return // it is at work, and comes back
	}
	used := h.used
	if h.used = false; !used || !w.park(h) {
		close(h.next)
	}
}

// deepen makes room on the stack of a new goroutine, which begins with 2 KB. A loader
// needs more, and to move a stack on which many calls lie takes a third of a cold read;
// here it is empty. The array only counts for the size of the frame.
//
//go:noinline
func deepen(really bool) {
	if really {
		var room [3 << 10]byte
		runtime.KeepAlive(&room)
	}
}
