package secretmux

import (
	"container/list"
	"time"
)

// maxRoom is the most calls of one link that run side by side.
const maxRoom = 1 << 10

// room is how many calls of a link may run side by side; the others wait. It begins
// with as many as may be left behind, so that a burst of reads of a mount that hangs
// leaves no more of them than reads one after another. A backend that answers gets a
// burst within a few rounds, as each answer makes place for one more. It is guarded by the gate's lock.
type room struct {
	more  int       // above maxAbandoned
	queue list.List // of *turn
}

// turn is one who waits for room.
type turn struct {
	given   chan struct{} // closed when the one who waits may look again
	element *list.Element
}

func (r *room) full(running int) bool { return running >= maxAbandoned+r.more }

func (r *room) wait() *turn {
	t := &turn{given: make(chan struct{})}
	t.element = r.queue.PushBack(t)
	return t
}

// grow makes place for one more after an answer that took so long, if a caller
// waits. oldest is how long the call that began first has been running: one that
// is far slower than the others may hang, and no other call may join it.
func (r *room) grow(took, oldest time.Duration) {
	if r.queue.Len() > 0 && oldest <= 4*took+10*time.Millisecond {
		r.more = min(r.more+1, maxRoom-maxAbandoned)
	}
}

// freed notes that a call has returned and how many others run.
func (r *room) freed(running int) {
	if running == 0 && r.queue.Len() == 0 {
		r.more = 0
	}
	r.wake(maxAbandoned + r.more - running)
}

// shrink notes that a call was left behind. Those that wait look again, as they may
// have to give up.
func (r *room) shrink() {
	r.more = 0
	r.wake(r.queue.Len())
}

func (r *room) wake(n int) {
	for ; n > 0 && r.queue.Len() > 0; n-- {
		t := r.queue.Remove(r.queue.Front()).(*turn) //nolint:forcetypeassert,errcheck // it holds nothing else
		t.element = nil
		close(t.given)
	}
}

// withdraw takes back the turn of one who waits no longer. One that was given
// already goes to the next.
func (g *gate) withdraw(t *turn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if t.element == nil {
		g.room.wake(1)
		return
	}
	g.room.queue.Remove(t.element)
}
