package cache

import (
	"container/heap"
	"time"
)

// schedule holds the documents that the timer has to look at, the next one
// first. One timer serves them all, and it runs only while there are any.
type schedule[V any] struct {
	docs  []*document[V]
	timer *time.Timer
	at    int64 // when the timer fires, while it is set
	set   bool
}

func (s *schedule[V]) Len() int           { return len(s.docs) }
func (s *schedule[V]) Less(i, j int) bool { return s.docs[i].due < s.docs[j].due }

func (s *schedule[V]) Swap(i, j int) {
	s.docs[i], s.docs[j] = s.docs[j], s.docs[i]
	s.docs[i].index, s.docs[j].index = int32(i), int32(j) //nolint:gosec // far below 2^31 documents
}

// Push implements heap.Interface.
func (s *schedule[V]) Push(x any) {
	d := x.(*document[V])        //nolint:forcetypeassert,errcheck // only planLocked pushes
	d.index = int32(len(s.docs)) //nolint:gosec // far below 2^31 documents
	s.docs = append(s.docs, d)
}

// Pop implements heap.Interface.
func (s *schedule[V]) Pop() any {
	last := len(s.docs) - 1
	d := s.docs[last]
	s.docs[last], s.docs = nil, s.docs[:last]
	d.index = -1
	return d
}

// planLocked puts d where it belongs in the schedule, after any change of its
// times or use.
func (c *Cache[V]) planLocked(d *document[V]) {
	due, needed := d.nextDue()
	switch {
	case !needed || c.closed || d.removed:
		if d.index >= 0 {
			heap.Remove(&c.schedule, int(d.index))
		}
		c.disarmLocked()
		return
	case d.index < 0:
		d.due = due
		heap.Push(&c.schedule, d)
	case d.due != due:
		d.due = due
		heap.Fix(&c.schedule, int(d.index))
	}
	c.armLocked()
}

// nextDue says when the timer has to look at d: to load it again when it is read
// or watched, and to stop serving it when its time is over.
func (d *document[V]) nextDue() (due int64, needed bool) {
	due, needed = d.nextOwnDue()
	if d.expected != nil && d.flight == nil && (!needed || d.expected.at < due) {
		return d.expected.at, true
	}
	return due, needed
}

func (d *document[V]) nextOwnDue() (due int64, needed bool) {
	loads := d.flight == nil && d.refreshAt > 0 && (d.watchers > 0 || d.used)
	ends := d.used && d.val != nil
	switch {
	case loads && ends:
		return min(d.refreshAt, d.deadline()), true
	case loads:
		return d.refreshAt, true
	case ends:
		return d.deadline(), true
	}
	return 0, false
}

func (c *Cache[V]) armLocked() {
	s := &c.schedule
	if len(s.docs) == 0 || s.set && s.at <= s.docs[0].due {
		return
	}
	s.at, s.set = s.docs[0].due, true
	wait := time.Duration(s.at - c.now())
	if s.timer == nil {
		s.timer = time.AfterFunc(wait, c.tick)
	} else {
		s.timer.Reset(wait)
	}
}

// disarmLocked stops the timer when nothing is left to wake up for.
func (c *Cache[V]) disarmLocked() {
	if s := &c.schedule; s.set && len(s.docs) == 0 {
		s.timer.Stop()
		s.set = false
	}
}

var _ heap.Interface = (*schedule[struct{}])(nil)
