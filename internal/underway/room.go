package underway

import (
	"container/list"
	"time"
)

// most is the most calls that run side by side, however well they are answered.
const most = 1 << 10

// room is how many calls may run side by side; the others wait. It begins with least, which is
// how many calls may be left behind. So if a mount hangs, a burst of reads leaves no more calls
// behind than reads one after another. If the backend answers, a burst gets room within a few
// rounds, because each answer makes place for one more.
type room struct {
	least int       // how many may run in any case
	more  int       // above least
	queue list.List // of *Turn
	given int       // turns that were given and not yet taken
}

// Turn is the place of a caller that waits for room.
type Turn struct {
	given   chan struct{}
	element *list.Element // nil once the turn was given
}

// Given is closed when the caller may look again whether there is room.
func (t *Turn) Given() <-chan struct{} { return t.given }

// full reports whether no call may join those that run. A place that was announced to a caller
// that waited is not free for one that has just come.
func (r *room) full(running int) bool { return running+r.given >= r.least+r.more }

// empty reports whether no caller waits.
func (r *room) empty() bool { return r.queue.Len() == 0 }

// wait queues a caller that found no room.
func (r *room) wait() *Turn {
	t := &Turn{given: make(chan struct{})}
	t.element = r.queue.PushBack(t)
	return t
}

// take notes that a caller whose turn was given looks again, and how many calls run.
func (r *room) take(running int) {
	r.given--
	r.over(running)
}

// grow makes place for one more after an answer that took so long, if a caller waits. oldest is
// how long the call that began first has been running. A call that is far slower than the others
// may hang, and then no other call may join it.
func (r *room) grow(took, oldest time.Duration) {
	if r.queue.Len() > 0 && oldest <= 4*took+10*time.Millisecond {
		r.more = min(r.more+1, most-r.least)
	}
}

// freed notes that a call has returned and how many others run.
func (r *room) freed(running int) {
	r.over(running)
	r.announce(running)
}

// announce gives as many turns as there are places that were not announced yet. One turn too
// many would empty the queue before its time, and an answer makes no more room when the
// queue is empty. One too few would let callers wait although there is room.
func (r *room) announce(running int) { r.wake(r.least + r.more - running - r.given) }

// over takes back the room that a burst has won when the burst is over: the next burst has to
// win it anew, because the backend may hang by then. Callers whose turn was given still belong
// to the burst, even if none of them has looked yet.
func (r *room) over(running int) {
	if running == 0 && r.queue.Len() == 0 && r.given == 0 {
		r.more = 0
	}
}

// shrink notes that a call was left behind. The callers that wait look again, because they may
// have to give up.
func (r *room) shrink() {
	r.more = 0
	r.wake(r.queue.Len())
}

// withdraw takes back the turn of a caller who waits no longer. A turn that was given already
// goes to the next caller: the place that it announces is still free.
func (r *room) withdraw(t *Turn, running int) {
	if t.element == nil {
		r.take(running)
		r.announce(running)
		return
	}
	r.queue.Remove(t.element)
}

func (r *room) wake(n int) {
	for ; n > 0 && r.queue.Len() > 0; n-- {
		t := r.queue.Remove(r.queue.Front()).(*Turn) //nolint:forcetypeassert,errcheck // it holds nothing else
		t.element = nil
		r.given++
		close(t.given)
	}
}
