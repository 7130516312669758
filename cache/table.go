package cache

import (
	"hash/maphash"
	"sync/atomic"
)

// table finds entries by key. Readers take no lock. Writers hold the cache's.
//
// A reader that meets a writer may miss an entry that is there; it then looks again with the
// lock. It never loops: whatever is relinked, each chain ends. docs/adr/0005 has the
// measurements: sync.Map takes longer for a hit, and with a map that is copied, the hundred
// thousandth insertion is slow.
type table[V any] struct {
	// It is random for each cache: another party may choose the keys, and must not be able to
	// make chains long.
	seed    maphash.Seed
	mask    uint64
	buckets []atomic.Pointer[entry[V]]
	count   int // guarded by the cache's lock
}

const smallestTable = 64

func newTable[V any](seed maphash.Seed, buckets int) *table[V] {
	mask := uint64(buckets) - 1 //nolint:gosec // buckets is a power of two
	return &table[V]{seed: seed, mask: mask, buckets: make([]atomic.Pointer[entry[V]], buckets)}
}

// find returns the entry of key, or nil. Only with the lock does nil mean that key has no entry.
func (t *table[V]) find(key string) *entry[V] {
	return t.hashed(key, maphash.String(t.seed, key))
}

// hashed goes down the chain of a hash. Each next is read atomically, because a writer may
// change it now. An entry that was just removed still points to the rest of its chain.
func (t *table[V]) hashed(key string, hash uint64) *entry[V] {
	for e := t.buckets[hash&t.mask].Load(); e != nil; e = e.next.Load() {
		if e.hash == uint32(hash) && e.key == key { //nolint:gosec // half of it tells enough
			return e
		}
	}
	return nil
}

// insert adds an entry whose key is not in t.
func (t *table[V]) insert(e *entry[V]) {
	// The hash is kept because it spares most comparisons of keys, and resized needs it.
	e.hash = uint32(maphash.String(t.seed, e.key)) //nolint:gosec // see hashed
	t.link(e)
	t.count++
}

// bucket is where e belongs. A table has fewer than 2^32 buckets, so the half of the hash that e
// keeps is enough.
func (t *table[V]) bucket(e *entry[V]) *atomic.Pointer[entry[V]] {
	return &t.buckets[uint64(e.hash)&t.mask]
}

// link puts e in front of its chain.
func (t *table[V]) link(e *entry[V]) {
	// e has to point to the chain before anything points to e. A reader that comes between the
	// two stores sees the chain as it was.
	b := t.bucket(e)
	e.next.Store(b.Load())
	b.Store(e)
}

func (t *table[V]) remove(e *entry[V]) {
	at := t.bucket(e)
	for cur := at.Load(); cur != nil; cur = at.Load() {
		if cur == e {
			// e.next stays as it is: a reader that has reached e goes on from there.
			at.Store(e.next.Load())
			t.count--
			return
		}
		at = &cur.next
	}
}

// fits reports whether t is neither too small for its entries nor far too large.
func (t *table[V]) fits() bool {
	size := len(t.buckets)
	return t.count < size && (t.count > size/8 || size == smallestTable)
}

// resized returns a table of a fitting size that takes over t's entries. Readers that are still
// in t may miss some of them, and then look with the lock. There is room for a quarter more
// entries, so that the next insertions don't resize it again.
func (t *table[V]) resized() *table[V] {
	size := smallestTable
	for size <= t.count+t.count/4 {
		size *= 2
	}
	// The entries are relinked and not copied, because readers hold them on the hit path.
	other := newTable[V](t.seed, size)
	other.count = t.count
	t.each(func(e *entry[V]) { other.link(e) })
	return other
}

// each visits all entries; visit may relink or remove the one it is given.
func (t *table[V]) each(visit func(*entry[V])) {
	for i := range t.buckets {
		for e := t.buckets[i].Load(); e != nil; {
			next := e.next.Load()
			visit(e)
			e = next
		}
	}
}

// How many buckets one insertion searches for an entry to drop, and how many if the last search
// found nothing. If every entry is watched or being loaded, there is nothing to drop, and a look
// through the whole table would make every new key slow. So the table may exceed MaxEntries by
// about a hundredth until the sweep has passed all buckets.
const (
	sweepFar  = 1024
	sweepNear = 32
)

// insertLocked puts an entry into the table. It makes room first, so that the new entry is not
// dropped itself. keep is the document of the entry, and must not be dropped either.
func (c *Cache[V]) insertLocked(e *entry[V], keep *document[V]) {
	if limit := c.opts.MaxEntries; limit > 0 {
		// Absent names first: a caller who asks for names that do not exist must not drive
		// out the secrets of others.
		for c.table.Load().count >= limit && c.dropAbsentLocked(keep) {
		}
		c.sweepLocked(limit, keep)
	}
	t := c.table.Load()
	t.insert(e)
	// As long as there are no more entries than buckets, a chain is one or two long.
	if t.count >= len(t.buckets) {
		c.table.Store(t.resized())
	}
}

// sweepLocked drops what was not read since the sweep last passed it, as the CLOCK algorithm
// does, while there is too much. The mark of CLOCK is hot here, so that a hit does not have to
// note anything.
func (c *Cache[V]) sweepLocked(limit int, keep *document[V]) {
	t, n, found := c.table.Load(), 0, false
	for ; t.count >= limit && n < sweepFar && (n < sweepNear || found || !c.vain); n++ {
		c.sweep = (c.sweep + 1) % len(t.buckets)
		for e := t.buckets[c.sweep].Load(); e != nil && t.count >= limit; e = e.next.Load() {
			// Views of keep may be dropped: otherwise the fields of one document would drive out
			// all others (bounds are by entry, not by document).
			if e.doc != keep || e.isView() {
				found = c.dropColdLocked(e) || found
			}
		}
	}
	c.vain = n > 0 && !found
}

// dropColdLocked drops e, unless it is watched, being loaded, or hot. A hot entry gets a second
// chance and is only cooled: its next read makes it hot again. A document is dropped after its
// views, because they need its value. It reports whether it dropped or cooled something.
func (c *Cache[V]) dropColdLocked(e *entry[V]) bool {
	d := e.doc
	switch {
	// Readers wait for what is loading, and handles and callbacks hold what is watched. If a
	// document with views were dropped, its views would be without a document (invariant 1).
	case e.watch() != nil || d.more.busy() || !e.isView() && (d.more.held() || d.more.view() != nil):
		return false
	case e.isView() && e.hot.Load() != nil:
		e.hot.Store(nil)
	case e.isView():
		c.removeViewLocked(e)
	// cool changes what is due, so planLocked is called.
	case d.used:
		d.cool()
		c.planLocked(d)
	default:
		c.removeLocked(d)
	}
	return true
}

// removeLocked takes a document and its views out of the table. A request on its way or a handle
// that was stopped may still have the document. By removed they see that others no longer find
// it.
func (c *Cache[V]) removeLocked(d *document[V]) {
	// The order matters. Views leave first, while d still lists them, and then all that points to d.
	// Then d is marked, and only then taken off the schedule, because planLocked looks at the mark.
	c.dropLocked(d)
	d.each(func(e *entry[V]) {
		if e.isView() {
			c.removeViewLocked(e)
		}
	})
	c.aliasLocked(d, "")
	c.table.Load().remove(&d.entry)
	d.removed = true
	c.planLocked(d)
	// This comes last, because all of the above reads it. Code that still has d sees removed and
	// must not read more.
	d.more = nil
}

// tidyLocked takes a document out of the table when nothing is left to keep. It is called when a
// load, a watcher or a callback ends, because that may have been the last to hold it.
func (c *Cache[V]) tidyLocked(d *document[V]) {
	// A load that is under way will call tidyLocked again when it lands, and so will a watch when it ends.
	if d.removed || d.more.busy() || d.more.held() {
		return
	}
	if m := d.more; m != nil && m.quiet != 0 && m.quiet <= c.now() {
		m.quiet = 0
	}
	switch {
	case d.val != nil:
		c.shedLocked(d)
		return
	case d.state == gone && d.expiresAt > c.now():
		// Even if it was put into the list before: it may have been passed over because it was
		// loading or watched when its turn came.
		c.absentLocked(&d.entry, d.expiresAt)
		return
	}
	c.removeLocked(d)
}

// absentee is an entry of which only the absence is kept, until at.
type absentee[V any] struct {
	entry *entry[V]
	at    int64
}

// absentees are in the order in which they leave, because NegativeTTL is the same for all. An
// entry that is no longer absent is passed over when its turn comes.
type absentees[V any] struct {
	list []absentee[V]
	gone int // how many at its start have left
}

func (a *absentees[V]) next() (absentee[V], bool) {
	if a.gone == len(a.list) {
		return absentee[V]{}, false
	}
	return a.list[a.gone], true
}

func (a *absentees[V]) add(e *entry[V], at int64) {
	if a.gone > len(a.list)/2 { // so that the list is seldom copied, and stays short
		a.list = append([]absentee[V](nil), a.list[a.gone:]...)
		a.gone = 0
	}
	a.list = append(a.list, absentee[V]{e, at})
}

func (a *absentees[V]) leave() {
	a.list[a.gone] = absentee[V]{}
	if a.gone++; a.gone == len(a.list) {
		*a = absentees[V]{}
	}
}

// absentLocked makes e leave at that moment, if it is still absent then.
func (c *Cache[V]) absentLocked(e *entry[V], at int64) {
	c.absent.add(e, at)
	c.armLocked()
}

// dropAbsentLocked makes room: absent names are the first to go, so that many
// requests for absent names drive out nothing else. It reports whether there may
// be more of them.
func (c *Cache[V]) dropAbsentLocked(keep *document[V]) bool {
	a, ok := c.absent.next()
	if !ok || a.entry == &keep.entry {
		return false
	}
	c.absent.leave()
	c.leaveLocked(a.entry, a.at)
	c.armLocked()
	return true
}

// leaveLocked removes e if only its absence is kept. If e was asked for again meanwhile, it is
// absent for longer than at, and is in the list a second time.
func (c *Cache[V]) leaveLocked(e *entry[V], at int64) {
	d := e.doc
	switch {
	case d.removed || e.watch() != nil: // gone already, or watched: it stays
	// An entry that has a value by now, or stays absent for longer, is passed over. In the
	// second case it is in the list again.
	case !e.isView() && d.state == gone && d.expiresAt <= at && !d.more.held() && !d.more.busy():
		c.removeLocked(d)
	case e.isView() && e.side.err != nil && e.side.until <= at && !e.side.removed:
		c.removeViewLocked(e)
		c.tidyLocked(d)
	}
}
