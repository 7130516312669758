// Package room decides how many calls of one backend run side by side.
package room

import (
	"container/list"
	"time"
)

// most is the most calls that run side by side, however well they are answered.
const most = 1 << 10

// Room is how many calls may run side by side; the others wait. It begins with Least,
// as many as may be left behind, so that a burst of reads of a mount that hangs
// leaves no more of them than reads one after another. A backend that answers gets a
// burst within a few rounds, as each answer makes place for one more.
//
// A Room has no lock of its own: its owner's lock guards every call.
type Room struct {
	// Least is how many may run in any case. It is set before the first call.
	Least int

	more  int       // above Least
	queue list.List // of *Turn
	given int       // turns that were given and not yet taken
}

// Turn is one who waits for room.
type Turn struct {
	given   chan struct{}
	element *list.Element // nil once the turn was given
}

// Given is closed when the one who waits may look again.
func (t *Turn) Given() <-chan struct{} { return t.given }

// Full reports whether no call may join those that run.
func (r *Room) Full(running int) bool { return running >= r.Least+r.more }

// Empty reports whether no caller waits.
func (r *Room) Empty() bool { return r.queue.Len() == 0 }

// Wait queues a caller that found no room.
func (r *Room) Wait() *Turn {
	t := &Turn{given: make(chan struct{})}
	t.element = r.queue.PushBack(t)
	return t
}

// Take notes that one whose turn was given looks again, and how many calls run.
func (r *Room) Take(running int) {
	r.given--
	r.over(running)
}

// Grow makes place for one more after an answer that took so long, if a caller
// waits. oldest is how long the call that began first has been running: one that
// is far slower than the others may hang, and no other call may join it.
func (r *Room) Grow(took, oldest time.Duration) {
	if r.queue.Len() > 0 && oldest <= 4*took+10*time.Millisecond {
		r.more = min(r.more+1, most-r.Least)
	}
}

// Freed notes that a call has returned and how many others run.
func (r *Room) Freed(running int) {
	r.over(running)
	r.wake(r.Least + r.more - running)
}

// over takes back the room that a burst has won when the burst is over: the next one
// proves itself anew, as the backend may hang by then. Those whose turn was given are
// still of the burst, even if none of them has looked yet.
func (r *Room) over(running int) {
	if running == 0 && r.queue.Len() == 0 && r.given == 0 {
		r.more = 0
	}
}

// Shrink notes that a call was left behind. Those that wait look again, as they may
// have to give up.
func (r *Room) Shrink() {
	r.more = 0
	r.wake(r.queue.Len())
}

// Withdraw takes back the turn of one who waits no longer. One that was given
// already goes to the next: the place that it announces is still free.
func (r *Room) Withdraw(t *Turn, running int) {
	if t.element == nil {
		r.Take(running)
		r.wake(1)
		return
	}
	r.queue.Remove(t.element)
}

func (r *Room) wake(n int) {
	for ; n > 0 && r.queue.Len() > 0; n-- {
		t := r.queue.Remove(r.queue.Front()).(*Turn) //nolint:forcetypeassert,errcheck // it holds nothing else
		t.element = nil
		r.given++
		close(t.given)
	}
}
