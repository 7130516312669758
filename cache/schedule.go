package cache

import (
	"container/heap"
	"math/rand/v2"
	"time"
)

// This file decides until when a value is served, when it is loaded again, and what happens at
// that moment. One timer serves all documents, and only while some of them are in use.

// schedule holds the documents that the timer has to look at, the next one first. It is a heap
// of moments and pointers side by side. Moving in the heap reads only the slice and no
// documents, most of which are not in the processor's cache.
type schedule[V any] []planned[V]

type planned[V any] struct {
	// A copy of what nextDue said when d was planned last. If they differ, invariant 6 is
	// broken. So each change of a document's times, use, watchers or loads ends with planLocked.
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

// order sorts the schedule after many documents were changed, which takes less time than moving
// each of them.
func (s *schedule[V]) order() {
	for i := range *s {
		p := &(*s)[i]
		p.due, _ = p.doc.nextDue()
	}
	// Init sets no index itself. Swap sets those of documents that move, and the others stay right.
	heap.Init(s)
}

// planLocked puts d where it belongs in the schedule, after any change of its times or use. A
// call too many changes nothing, if the planned moment is right already. A call too few breaks
// the schedule.
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

// nextDue says when the timer has to look at d: to load it again if it is read, watched or
// expected to change, and to stop serving it when its time is over. If nobody reads d, nothing
// of it is on the hit path, and its end needs no timer: the next reader sees it.
func (d *document[V]) nextDue() (due int64, needed bool) {
	at := func(moment int64) {
		if !needed || moment < due {
			due, needed = moment, true
		}
	}
	// The end of an unused value needs no timer: the next reader looks at the clock
	// (serveLocked).
	if d.used && d.serves() {
		at(d.deadline())
	}
	// While a load is under way, its outcome will plan what comes next. The deadline above is
	// there for a value whose time is over before that.
	if d.more.loading() != nil {
		return due, needed
	}
	// Its age is not enough: a document that nobody reads or watches costs no load.
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
	// does no harm. Without it, a value would be served too long.
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

// tick looks at what is due. It first ends what is over and then begins refreshes, because a
// value that is served too long is worse than one that is loaded late. It works a slice at a
// time, and what ends meanwhile comes before the rest of the refreshes.
//
// Only one tick runs at a time. It gives up the lock between two slices, and any caller that
// plans something then would set the timer for what is due already. Each tick that this brings
// would begin batches of its own, and a reader's goroutine would wait behind all of theirs.
func (c *Cache[V]) tick() {
	c.mu.Lock()
	defer c.mu.Unlock()
	// This comes first: an alarm is not set again while isSet is true (invariant 6).
	c.timer.isSet = false
	if c.ticking || c.closed {
		return
	}
	// Until ticking is false again, armLocked does nothing. So tick must not return in between,
	// and calls no function of the user.
	c.ticking = true
	var (
		load   []*document[V]
		events []Event[V]
		cv     *convoy[V]
	)
	for now := c.now(); !c.closed; now = c.now() {
		// Once refreshes have begun, nothing is taken early any more. Otherwise a document whose
		// origin has to rest for less than the slack would be taken off the schedule and put
		// back again and again, until the rest is over.
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
	// It shrinks here, and not for each entry that leaves: the time that it takes grows with the
	// table.
	if t := c.table.Load(); !t.fits() { // many absent keys may have left
		c.table.Store(t.resized())
	}
	c.ticking = false
	c.armLocked()
	c.yieldLocked(events) // Observe may take its time: the timer is set, and does not wait for it
}

// endDueLocked takes the documents that are due off the schedule. If early is true, it also
// takes those that are due so soon that they can share a batch. It ends what is over and adds to
// load what may have to be loaded. It reports whether there are more.
func (c *Cache[V]) endDueLocked(now int64, early bool, load *[]*document[V], events *[]Event[V]) (more bool) {
	for range slice {
		switch a, absent := c.absent.next(); {
		// This comes first, so that absent names leave in time even while many documents are due.
		case absent && a.at <= now:
			c.absent.leave()
			c.leaveLocked(a.entry, a.at)
		case len(c.schedule) > 0 && (c.schedule[0].due <= now || early && c.schedule[0].doc.isDue(now)):
			// d is off the schedule until its load has begun: d.index is -1 meanwhile. A
			// planLocked in between puts it back, which does no harm: refreshLocked looks again
			// whether d is due.
			d := heap.Pop(&c.schedule).(*document[V]) //nolint:forcetypeassert,errcheck // it holds nothing else
			// A value ends before anything is loaded: one that was revoked must not be served
			// longer because a backend is slow or many others are due.
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
		// Before mayAskLocked, which may move the moment of x.
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
	// This is for all of them, even those that were passed over: each was taken off the
	// schedule, and only planLocked brings it back (invariant 6).
	for _, d := range due {
		c.planLocked(d)
	}
}

// servesLocked reports whether the document serves a value at this moment. It looks at the
// clock, because the timer does not end a value that nobody reads.
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

// slack is how much earlier than planned d may be loaded to share a batch. It is small beside
// the TTL, so that it hardly makes loads more frequent.
func (d *document[V]) slack() int64 {
	if d.terms == nil {
		return 0
	}
	return min(min(d.terms.ttl, max(d.expiresAt-d.loadedAt, 0))/64, int64(2*time.Second))
}

// endLocked stops serving a value whose time is over, unless the last failure allows it to go on
// as a stale one.
func (c *Cache[V]) endLocked(d *document[V], now int64, events *[]Event[V]) {
	if !d.serves() || now < d.deadline() {
		return
	}
	// If the backend is down, a value becomes stale when its TTL ends, and not before. So no
	// fresh value is reported as stale.
	if c.staleLocked(d, now, events); d.state == stale && now < d.deadline() {
		return
	}
	t := d.more.failing()
	// A value that is idle, or whose refresh is late, waits here. It is off the hit path, so
	// readers load it. It is served again, within MaxStale, only if an outage makes that load fail.
	if d.state == kept && now < d.staleUntil() && (t == nil || t.err == nil || t.refused) {
		d.cool() // nothing failed so far: after a transient failure it may be served again
		return
	}
	// The failure was not transient, or MaxStale is over: the value will not be served again.
	c.dropLocked(d)
	c.tidyLocked(d)
}
