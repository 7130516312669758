package cache

import (
	"math/rand/v2"
	"time"
)

// expected is a change that was announced. Guarded by Cache.mu. A document has at most one:
// several brokers may announce one change several times, and all that costs one load.
type expected[V any] struct {
	served func(V) bool // whether a value is the announced one; nil: any load will do
	at     int64        // when to load
	// It is kept beside at, so that the time of a further announcement can be compared with it.
	by    int64 // the end of the time that at was drawn from
	tries int
	// It is nil again when that load has landed. Only the outcome of this load counts.
	flight *flight[V] // the load that was begun for it
}

// maxLooks is how often a load that did not bring the announced value is repeated. After half a
// minute the document is left to its TTL: the announcement may have been wrong.
const maxLooks = 5

// quietTime is the least time between two loads of one document that were begun for Expect. So
// announcements can cause only one read of the backend in that time, however many come.
const quietTime = time.Second

// Expect tells the cache that the content of a document has changed, or will change soon.
// name is the document's key or its [Loaded.Alias]. If it is the name of several
// documents, Expect is for each of them. served reports whether a value is the announced
// one.
//
// Expect plans a load in the background, at a random moment within the given time. Zero or
// less means now. It plans nothing if the document is neither kept nor watched, or if
// served is true for the value that is kept. Until the load ends, the value that is kept
// is still served. Grace and back-off apply to the load.
//
// If served is false for the value after the load, the document is loaded again after 1,
// 2, 4, 8 and 16 seconds. After that only its TTL counts. If served is nil, there is only
// one load. A load that fails with [VerdictTransient] does not count. It is repeated with
// back-off while the document has a value or is watched.
//
// If a load is planned already, a further Expect leaves it at its moment, so that many
// calls don't bring it forward. Only a call whose time ends earlier may bring it forward.
// If the new served is not nil, it replaces the old one. Loads of one document for Expect
// begin at least a second apart.
//
// known reports whether a document of that name is kept or watched. planned reports
// whether a load will come. served is called with no lock held. A panic in it counts as
// true.
func (c *Cache[V]) Expect(name string, served func(V) bool, within time.Duration) (known, planned bool) {
	// It is drawn once for all documents of this name, so that they may be loaded as one batch.
	wait := rand.N(max(within, 0) + 1) //nolint:gosec // jitter needs no secrecy
	// served is the user's, so it is called without the lock. Its answer is used only if the
	// value is still the one that it was asked about.
	c.mu.Lock()
	var docs []*document[V]
	var values []*V
	// The name may be the key of one document and the alias of others, so both are looked for. A
	// view is never announced by itself, only its document.
	if e := c.table.Load().find(name); e != nil && !e.isView() {
		docs, values = append(docs, e.doc), append(values, e.doc.val)
	}
	for d := c.aliases[name]; d != nil; d = d.more.namesake {
		docs, values = append(docs, d), append(values, d.val)
	}
	c.mu.Unlock()
	for i, d := range docs {
		k, p := c.expectOf(d, values[i], served, int64(wait), int64(max(within, 0)))
		known, planned = known || k, planned || p
	}
	return known, planned
}

// expectOf is Expect for one document, which had val a moment ago.
func (c *Cache[V]) expectOf(d *document[V], val *V, served func(V) bool, wait, within int64) (known, planned bool) {
	for again := true; ; again = false {
		there := val != nil && isServed(served, *val)
		c.mu.Lock()
		// The lock was given up while served was asked. So d may have been removed, or may have
		// another value than the one that served was asked about.
		now := c.now()
		if !c.matters(d, now) {
			c.mu.Unlock()
			return false, false
		}
		// The load of an earlier message about the same change may just have landed. So served
		// is asked about the new value too, but only once: one load too many costs little. With
		// one load too few, a change is seen a TTL late.
		if again && served != nil && d.val != nil && d.val != val {
			val = d.val
			c.mu.Unlock()
			continue
		}
		if planned = !there || !d.serves() || now >= d.deadline() || d.val != val; planned {
			c.expectLocked(d, served, after(now, wait), after(now, within))
		}
		c.mu.Unlock()
		return true, planned
	}
}

// matters reports whether anything of d is kept or watched.
func (c *Cache[V]) matters(d *document[V], now int64) bool {
	// A document that is only remembered as gone does not count: an announcement for a name that
	// nobody reads must not cause a load.
	return !c.closed && !d.removed && (d.serves() && now < d.deadline() || d.more.watched())
}

// expectLocked plans a load of d at the moment at, which was drawn from the time that ends with by.
func (c *Cache[V]) expectLocked(d *document[V], served func(V) bool, at, by int64) {
	m := d.own()
	// The quiet time moves by as well as at. Otherwise each announcement in the quiet time would
	// seem to ask for an earlier end than the one before.
	at, by = max(at, m.quiet), max(by, m.quiet)
	x := &expected[V]{at: at, by: by}
	if m.expected != nil { // copied: lookForExpected must know the one that it looks for from this one
		*x = *m.expected
	}
	m.expected = x
	switch {
	case x.flight != nil: // that load may have begun too early to bring the change
		x.flight, x.at, x.by = nil, at, by
	// Only an announcement with less time brings the moment forward. If each announcement could,
	// the earliest of many draws would win, and the loads of a fleet would come together.
	case by < x.by:
		x.at, x.by = min(x.at, at), by
	}
	// This announcement takes the place of the one before, and its looks are counted from zero.
	// An announcement without served leaves an earlier one with served in place.
	if served != nil {
		x.served, x.tries = served, 0
	}
	c.planLocked(d)
}

// afterLocked plans what follows a load: the next look for an announced value that did not come,
// and the pause for callers of Renew.
func (c *Cache[V]) afterLocked(x *landing[V]) {
	d, f := x.doc, x.flight
	if d.removed {
		return
	}
	// A load for Renew was worth its cost only if this very load brought another content.
	// Otherwise the callers of Renew have to wait before they cause the next load.
	if f.renews && !(x.changed && f.val == x.val) {
		c.paceLocked(d.own())
	}
	// A load that was begun for another reason may have begun before the announcement, so it
	// proves nothing about the announced value.
	e := d.more.awaits()
	if e == nil || e.flight != f {
		return
	}
	// No load is under way for the announcement any more. e.at will say when the next one begins.
	e.flight = nil
	t := d.more.failing()
	switch {
	// The value was dropped and nobody watches: nothing is left that could be out of date.
	case d.val == nil && !d.more.watched():
		d.more.expected = nil
		return
	// An outage says nothing about the announced value, so it uses up none of the looks.
	case x.Err != nil && x.verdict == VerdictTransient && t != nil: // it told nothing about the value
		e.at = after(x.now(), c.pause(d, t.failures))
		e.by = e.at
		return
	// Only one load was asked for, or the announced value has not come in all looks. If it has
	// come, lookForExpected ends the announcement later, without the lock.
	case e.served == nil || e.tries == maxLooks:
		d.more.expected = nil
		return
	}
	e.at = after(x.now(), int64(time.Second)<<e.tries)
	e.by = e.at
	// The pause doubles each time: a backend that is slow to show a change needs seconds, not
	// minutes.
	e.tries++
}

// lookForExpected forgets what was announced for d once it is there.
func (c *Cache[V]) lookForExpected(d *document[V]) {
	c.mu.Lock()
	defer c.mu.Unlock()
	// Both are read under the lock and compared again afterwards: the answer of served counts
	// only for this announcement and this value.
	x, val := d.more.awaits(), d.val
	if x == nil || val == nil || x.served == nil {
		return
	}
	served, there := x.served, false
	c.unlockedLocked(func() { there = isServed(served, *val) })
	// Both are compared by pointer: a value that came meanwhile has another one.
	if m := d.more; there && m.awaits() == x && d.val == val {
		m.expected = nil
		// A document that only the announcement held may leave now, and the moment leaves the
		// schedule (invariant 6).
		c.tidyLocked(d)
		c.planLocked(d)
	}
}

func isServed[V any](served func(V) bool, value V) (is bool) {
	if served == nil {
		return false
	}
	// A panic counts as yes: a value that can't be recognised must not be looked for again and again.
	defer func() {
		if recover() != nil {
			is = true
		}
	}()
	return served(value)
}

// followersLocked makes the documents of keys due, because another document has changed. Changes
// that were announced for them stay announced.
func (c *Cache[V]) followersLocked(keys []string) {
	// The cache may know the key by another spelling, or not at all. Only documents in the table
	// count, so nothing is loaded that nobody reads.
	for _, key := range keys {
		e := c.table.Load().find(key)
		if e == nil || e.isView() {
			continue
		}
		if now := c.now(); c.matters(e.doc, now) {
			// Without served, so that an earlier announcement with served stays what it is.
			c.expectLocked(e.doc, nil, now, now)
		}
	}
}

// The documents of one alias are a list: several keys here may have one name in the backend.

// aliasLocked makes alias the other name of d, or takes it away when it is empty.
func (c *Cache[V]) aliasLocked(d *document[V], alias string) {
	m := d.own()
	// Expect finds d by its key already. If the key were an alias too, it would find d twice.
	if alias == d.key {
		alias = ""
	}
	if alias == m.alias {
		return
	}
	// d must leave the list of the old alias first: namesake is the link of one list only.
	if m.alias != "" {
		c.unaliasLocked(d)
	}
	if m.alias = alias; alias != "" {
		// In front, because that needs no walk down the list.
		m.namesake = c.aliases[alias]
		c.aliases[alias] = d
	}
}

func (c *Cache[V]) unaliasLocked(d *document[V]) {
	m := d.more
	head := c.aliases[m.alias]
	// The lists are short: a list has as many documents as one name of the backend has keys,
	// usually two.
	for at := &head; *at != nil; at = &(*at).more.namesake {
		if *at == d {
			*at = m.namesake
			break
		}
	}
	// An empty list leaves the map. Otherwise the map would hold each name that there ever was
	// (invariant 8).
	if m.namesake = nil; head == nil {
		delete(c.aliases, m.alias)
	} else {
		c.aliases[m.alias] = head
	}
}
