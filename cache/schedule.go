package cache

import (
	"container/heap"
	"math/rand/v2"
	"time"
)

// This file says when: until when a value is served, when it is loaded again, and
// what happens at that moment. One timer serves all documents, and only while some
// of them are in use.

// schedule holds the documents that the timer has to look at, the next one first.
// It is a heap of moments and pointers side by side: to find the next place, only the slice
// is read and no document, of which most are not in the processor's cache.
type schedule[V any] []planned[V]

type planned[V any] struct {
	// A copy of what nextDue said when d was planned last. Where they differ, invariant 6 is
	// broken: so each change of a document's times, use, watchers or loads ends with
	// planLocked.
	due int64
	doc *document[V]
}

func (s schedule[V]) Len() int           { return len(s) }
func (s schedule[V]) Less(i, j int) bool { return s[i].due < s[j].due }

func (s schedule[V]) Swap(i, j int) {
	s[i], s[j] = s[j], s[i]
	s[i].doc.index, s[j].doc.index = int32(i), int32(j) //nolint:gosec // far below 2^31 documents
}

// Push implements heap.Interface.
func (s *schedule[V]) Push(x any) {
	p := x.(*planned[V]) //nolint:forcetypeassert,errcheck // only planLocked pushes
	// The index lets planLocked move a document without a search.
	p.doc.index = int32(len(*s)) //nolint:gosec // far below 2^31 documents
	*s = append(*s, *p)
}

// Pop implements heap.Interface.
func (s *schedule[V]) Pop() any {
	last := len(*s) - 1
	d := (*s)[last].doc
	(*s)[last] = planned[V]{}
	if *s = (*s)[:last]; last == 0 {
		*s = nil // it may have been long
	}
	d.index = -1
	return d
}

// order puts the schedule right after many documents were changed: that takes less
// than to move each.
func (s *schedule[V]) order() {
	for i := range *s {
		p := &(*s)[i]
		p.due, _ = p.doc.nextDue()
	}
	// It sets no index where nothing moves, and needs not: Swap does, and the rest stays.
	heap.Init(s)
}

// planLocked puts d where it belongs in the schedule, after any change of its
// times or use.
// It may be called once too often, never once too seldom: it changes nothing where the moment
// is the one that is planned.
func (c *Cache[V]) planLocked(d *document[V]) {
	due, needed := d.nextDue()
	switch s := &c.schedule; {
	// After Close the schedule is gone, and the indices with it.
	case !needed || c.closed || d.removed:
		if d.index >= 0 {
			heap.Remove(s, int(d.index))
		}
	case d.index < 0:
		heap.Push(s, &planned[V]{due, d})
	case (*s)[d.index].due != due:
		(*s)[d.index].due = due
		heap.Fix(s, int(d.index))
	}
	c.armLocked()
}

// nextDue says when the timer has to look at d: to load it again when it is read,
// watched or expected to change, and to stop serving it when its time is over. Where
// nobody reads d, nothing of it is on the hit path, and its end needs no timer: the
// next reader sees it.
func (d *document[V]) nextDue() (due int64, needed bool) {
	at := func(moment int64) {
		if !needed || moment < due {
			due, needed = moment, true
		}
	}
	// An unused value that ends is on nobody's way: each reader looks at the clock
	// (serveLocked).
	if d.used && d.serves() {
		at(d.deadline())
	}
	// The outcome of the load plans what comes next. What is served may end before it lands,
	// which the deadline above sees to.
	if d.more.loading() != nil {
		return due, needed
	}
	// Not because of its age only: one that nobody reads or watches costs no load.
	if d.refreshAt > 0 && (d.used || d.more.watched()) {
		at(d.refreshAt)
	}
	if x := d.more.awaits(); x != nil {
		at(x.at)
	}
	return due, needed
}

// armLocked sets the timer for what comes next, and stops it when nothing does.
func (c *Cache[V]) armLocked() {
	// The timer serves both lists, and is set for whichever comes first. Setting it too early
	// does no harm. Not to set it is a value that is served too long.
	a, absent := c.absent.next()
	switch {
	case c.closed || c.ticking:
	case len(c.schedule) > 0 && (!absent || c.schedule[0].due <= a.at):
		c.timer.set(c.schedule[0].due, c.now)
	case absent:
		c.timer.set(a.at, c.now)
	default:
		c.timer.stop()
	}
}

// slice is how many documents the timer looks at before it lets others have the
// lock. That takes less than a millisecond, and a hundred thousand may be due.
const slice = 200

// tick looks at what is due: it ends what is over, and then begins refreshes, as a
// value that is served too long is worse than one that is loaded late. It does so a
// slice at a time, and what ends meanwhile comes before the rest of the refreshes.
//
// Only one tick runs at a time. It gives up the lock between two slices, and each
// caller that plans something then would set the timer for what is due already. Each of
// those ticks would begin batches of its own, and a reader's goroutine would wait
// behind the goroutines of them all.
func (c *Cache[V]) tick() {
	c.mu.Lock()
	defer c.mu.Unlock()
	// Before anything else: an alarm that is believed to be set is not set again (invariant
	// 6).
	c.timer.isSet = false
	if c.ticking || c.closed {
		return
	}
	// From here to where it becomes false, armLocked does nothing. So nothing may
	// return in between, and no function of the user is called.
	c.ticking = true
	var (
		load   []*document[V]
		events []Event[V]
		cv     *convoy[V]
	)
	for now := c.now(); !c.closed; now = c.now() {
		// Once refreshes have begun, only what is due to the moment comes in between. A
		// document whose origin has to rest for less than the slack would be taken off
		// the schedule, put back, and taken off again, until that is over.
		if more := c.endDueLocked(now, cv == nil, &load, &events); !more {
			if len(load) == 0 {
				break
			}
			// All refreshes of one tick are one convoy: four batches at a time, however many
			// are due. A convoy for each slice would be four for each.
			if cv == nil {
				cv = &convoy[V]{values: c.ctx, spread: rand.Float64()} //nolint:gosec // jitter needs no secrecy
			}
			n := min(len(load), slice)
			c.refreshLocked(cv, load[:n], now)
			load = load[n:]
		}
		c.yieldLocked(nil)
	}
	// Here, and not for each entry that leaves: to shrink takes as long as the table is
	// large.
	if t := c.table.Load(); !t.fits() { // many absent keys may have left
		c.table.Store(t.resized())
	}
	c.ticking = false
	c.armLocked()
	c.yieldLocked(events) // which may take its time: the timer is set, and does not wait for it
}

// endDueLocked takes documents that are due off the schedule, and early those that will
// be so soon that they can share a batch. It ends what is over and adds to load
// what may have to be loaded. It reports whether there are more.
func (c *Cache[V]) endDueLocked(now int64, early bool, load *[]*document[V], events *[]Event[V]) (more bool) {
	for range slice {
		switch a, absent := c.absent.next(); {
		// First, so that absent names leave at their time also while many documents are due.
		case absent && a.at <= now:
			c.absent.leave()
			c.leaveLocked(a.entry, a.at)
		case len(c.schedule) > 0 && (c.schedule[0].due <= now || early && c.schedule[0].doc.isDue(now)):
			// Off the schedule until its load has begun: d.index is -1 meanwhile. A plan for d
			// that is made in between puts it back, which is as good. refreshLocked looks
			// again whether it is due.
			d := heap.Pop(&c.schedule).(*document[V]) //nolint:forcetypeassert,errcheck // it holds nothing else
			// What is over ends before anything is loaded: what was revoked must not be
			// served because a backend is slow, nor because many others are due.
			c.endLocked(d, now, events)
			if d.isDue(now) {
				*load = append(*load, d)
			} else {
				c.planLocked(d)
			}
		default:
			return false
		}
	}
	return true
}

// refreshLocked begins the loads of documents that are due. Since they were found
// due, others had the lock: some may be loading or gone by now.
func (c *Cache[V]) refreshLocked(cv *convoy[V], due []*document[V], now int64) {
	var flights []*flight[V]
	for _, d := range due {
		// A reader may have begun its load, or Invalidate or MaxEntries removed it.
		if d.removed || !d.isDue(now) {
			continue
		}
		// Before mayAskLocked, which may move its moment.
		x := d.more.awaits()
		if !c.mayAskLocked(d, now) {
			continue
		}
		f := c.boardLocked(d, PurposeRefresh)
		flights = append(flights, f)
		// The load was begun for the announcement, perhaps among other reasons, so the quiet
		// time begins.
		if x != nil && x.at <= now {
			x.flight, d.more.quiet = f, after(now, int64(quietTime))
		}
	}
	c.embarkLocked(cv, flights)
	// Again for all of them, also those that were passed over: each was taken off the
	// schedule, and only planLocked brings it back (invariant 6).
	for _, d := range due {
		c.planLocked(d)
	}
}

// servesLocked says that the document serves a value at this moment. The timer may not have
// looked at its end: it does not where nobody reads.
func (x *landing[V]) servesLocked() bool {
	return x.doc.serves() && x.now() < x.doc.deadline()
}

// isDue reports whether d is to be loaded now.
func (d *document[V]) isDue(now int64) bool {
	if d.more.loading() != nil {
		return false
	}
	x := d.more.awaits()
	// An announcement has a moment of its own, and no slack: it was drawn so that a fleet
	// does not come together.
	return x != nil && x.at <= now ||
		d.refreshAt > 0 && d.refreshAt <= now+d.slack() && (d.used || d.more.watched())
}

// slack is how much earlier than planned d may be loaded to share a batch. It is
// small beside the TTL, so that a document is hardly loaded more often for it.
func (d *document[V]) slack() int64 {
	if d.terms == nil {
		return 0
	}
	return min(min(d.terms.ttl, max(d.expiresAt-d.loadedAt, 0))/64, int64(2*time.Second))
}

// endLocked stops serving a value whose time is over, unless its failures let it
// go on as a stale one.
func (c *Cache[V]) endLocked(d *document[V], now int64, events *[]Event[V]) {
	if !d.serves() || now < d.deadline() {
		return
	}
	// A value whose backend is down becomes stale at the moment when its TTL ends, and not
	// before: so nothing that is fresh is reported as stale.
	if c.staleLocked(d, now, events); d.state == stale && now < d.deadline() {
		return
	}
	t := d.more.failing()
	// This is how an idle or late one waits. It is off the hit path, so readers load it; only
	// if that fails by an outage is it served again, within MaxStale.
	if d.state == kept && now < d.staleUntil() && (t == nil || t.err == nil || t.refused) {
		d.cool() // no failure so far: if the next is transient, it may be served again
		return
	}
	// A failure that was not transient, or too long ago: there is nothing to go back to.
	c.dropLocked(d)
	c.tidyLocked(d)
}
