package cache

import (
	"cmp"
	"fmt"
	"runtime"
)

// This file is the story of an outcome, from top to bottom: it lands, is judged
// against what is known, is decided on, and those who wait or watch are told.
// DESIGN.md has the table of what each decision does to a document.

// landing is an outcome on its way.
type landing[V any] struct {
	Loaded[V]
	batch  *Batch[V]
	flight *flight[V]
	doc    *document[V]
	val    *V    // points to the copy of the value that is kept; nil for a failure
	at     int64 // see now; 0 until it is asked for
	events []Event[V]
	*judgement[V]
}

// judgement says how an outcome compares with what was known. It is good as long as the
// document's epoch is the same.
type judgement[V any] struct {
	epoch     uint64
	known     *V        // the content that the value is compared with
	accepted  *[16]byte // the digest of the content that was accepted last; nil: none
	regressed int64     // since when the backend answers older values
	gone      bool      // known must not be served again
	watches   []landed[V]

	verdict Verdict    // of a failure
	digest  [16]byte   // of the value
	changed bool       // the content is not the known one
	lags    bool       // it is older than the known one, and Grace is not over
	asks    bool       // Validate has to be asked
	refusal error      // what Validate said
	follows []string   // the documents that are likely to change now
	parsed  *parsed[V] // the value, on its way to views
}

// landed is what an outcome means for those who watch one entry of the document.
type landed[V any] struct {
	entry   *entry[V]
	current *V // what they know
	val     *V // what there is now
	err     error
	changed bool
}

// Settle hands over the outcome of Keys[i]. The readers of that key then get their answer,
// after Validate if it has to be asked. They don't wait for the other keys of the batch.
// Several goroutines may call Settle at a time. Only the first call for an i counts. A call is ignored if it
// comes after the time of the load, if it comes after Load has returned, or if i is not
// an index of Keys.
func (b *Batch[V]) Settle(i int, l Loaded[V]) {
	c := b.cache
	if c == nil {
		return
	}
	c.mu.Lock()
	if i < 0 || i >= len(b.flights) || b.flights[i].landed {
		c.mu.Unlock()
		return
	}
	f := b.flights[i]
	// From here on this outcome decides the key. A second Settle, and giveUp when the time is
	// over, find the flight landed.
	f.landed = true
	x := c.landing
	if c.landing = nil; x == nil {
		x = new(landing[V])
	}
	x.Loaded, x.batch, x.flight, x.doc = l, b, f, f.doc
	if l.Err == nil {
		value := l.Value // a copy, so that the rest of l is not kept with it
		x.val = &value
	}
	c.arriveLocked(x)
}

// arriveLocked judges x and decides on it. The user's functions judge without the lock. If
// something was decided meanwhile, they judge again: of two loads under way, the value of the
// second must not be accepted before Validate has compared it with the value of the first. It
// returns without the lock.
func (c *Cache[V]) arriveLocked(x *landing[V]) {
	// The loop ends: each further round needs another decision meanwhile, and each load brings only one.
	for c.lookLocked(x) {
		c.mu.Unlock()
		c.guard(x, c.judge)
		if x.asks { // Validate may take its time, and must not hold up the loader
			go c.ask(*x)
			return
		}
		c.mu.Lock()
	}
	if c.closed { // Close has let the readers go
		c.mu.Unlock()
		return
	}
	c.decideLocked(x)
	// After decideLocked: readers wake up as soon as they are told, and read val and err.
	x.flight.overLocked()
	d, keys := x.doc, len(x.batch.Keys)
	*x = landing[V]{}
	c.landing = x // empty, so that it keeps nothing
	expects := d.more.awaits() != nil
	c.mu.Unlock()
	if expects {
		c.lookForExpected(d)
	}
	if keys > 1 {
		runtime.Gosched() // a hundred thousand may be settled in a row, and readers come first
	}
}

// lookLocked notes what x must be judged against, and reports whether x has to be judged. The
// first value of a document that is not watched needs no judgement if there is no Validate.
func (c *Cache[V]) lookLocked(x *landing[V]) bool {
	d, m := x.doc, x.doc.more
	x.at = 0 // each look has its own moment; the last look's is that of the decision
	switch {
	case c.closed || d.removed || x.flight.seq < m.published && x.servesLocked():
		return false // x will not be the answer
	// Nothing that x was judged against has changed.
	case x.judgement != nil && x.epoch == m.epoch:
		return false
	case x.Err == nil && d.val == nil && !m.held() && c.opts.Validate == nil:
		return false
	}
	x.judgement = &judgement[V]{epoch: m.epoch, known: d.val, accepted: c.accepted[d.key]}
	if t := m.trouble; t != nil {
		x.gone, x.regressed = t.goneErr != nil, t.regressed
	}
	if x.Err == nil && m.held() {
		d.each(func(e *entry[V]) {
			if w := e.watch(); w != nil {
				x.watches = append(x.watches, landed[V]{entry: e, current: w.current})
			}
		})
	}
	return true
}

// judge compares x with what is known. It calls the user's functions, and compares
// values of any size, so it does that without the lock.
func (c *Cache[V]) judge(x *landing[V]) {
	o := &c.opts
	if x.Err != nil {
		x.verdict = o.judge(x.Err)
		return
	}
	// A Refresh accepts what it reads, even if that is older. So does any load after the backend
	// has said that the value was gone.
	x.changed = x.known != nil && !o.Equal(*x.known, x.Value)
	x.lags = x.changed && x.flight.purpose != PurposeForce && !x.gone && o.older(x.Value, *x.known) &&
		(x.regressed == 0 || c.since(x.regressed) < o.Grace)
	if x.lags {
		return
	}
	if x.asks = c.asksAbout(x); !x.asks {
		c.foresee(x)
	}
}

// ask calls Validate about a value, and goes on with the outcome.
func (c *Cache[V]) ask(own landing[V]) {
	x := &own
	change := Change[V]{Key: x.doc.key, New: x.Value, At: c.moment(x.batch.began)}
	if x.known != nil {
		change.Old = *x.known
	}
	if err := c.validate(change); err != nil {
		x.refusal = fmt.Errorf("%w: %w", ErrRefused, err)
	} else {
		c.guard(x, c.foresee)
	}
	// Once is enough for this value. If something else was decided meanwhile, lookLocked
	// makes a new judgement, which asks again.
	x.asks = false
	c.arrive(x)
}

// arrive goes on with an outcome in another goroutine than the loader's.
func (c *Cache[V]) arrive(x *landing[V]) {
	b := x.batch // arriveLocked empties x
	c.mu.Lock()
	c.arriveLocked(x)
	c.tell(b)
}

// foresee works out what will change if x is accepted, also for those who watch.
func (c *Cache[V]) foresee(x *landing[V]) {
	if x.changed {
		x.follows = c.opts.follows(x.doc.key)
	}
	x.parsed = &parsed[V]{value: x.val}
	for i := range x.watches {
		w := &x.watches[i]
		if w.val = x.val; w.entry.isView() {
			var value V
			value, w.err = c.project(w.entry, x.parsed)
			w.val = &value
		}
		// Each view is compared by itself: a document may change while the watched fields stay
		// the same.
		w.changed = w.err == nil && w.current != nil && !c.opts.Equal(*w.current, *w.val)
	}
}

// decideLocked makes x the document's state, and the answer of its readers.
func (c *Cache[V]) decideLocked(x *landing[V]) {
	d, f := x.doc, x.flight
	// This comes first: if this load failed, a reader who comes from here on begins another, and
	// does not join one that is over (invariant 5).
	d.ashore(f)
	if x.judgement == nil { // nothing was known
		x.judgement = c.unjudged
	}
	f.missed = cmp.Or(x.Err, x.refusal)
	c.doneEvent(x)
	switch {
	case d.removed || f.seq < d.more.published: // d is no longer in the table, or it has a newer answer
		c.overtakenLocked(x)
	case x.Err != nil:
		c.failLocked(x)
	case x.refusal != nil:
		c.refuseLocked(x)
	case x.lags:
		c.ignoreLocked(x)
	default:
		c.acceptLocked(x)
	}
	f.parsed = d.parsedLocked(f.val)
	if len(x.events) > 0 && f.val != nil {
		x.events[0].Value = *f.val
	}
	c.reportLocked(x.batch, x.events)
	// The order matters. First a Refresh that waited begins, and keeps the document in the
	// table. Then what is still expected is planned. Only then tidyLocked asks whether anything
	// is left to keep.
	c.followLocked(f)
	c.afterLocked(x)
	c.tidyLocked(d)
	c.planLocked(d)
}

// acceptLocked makes the value the one that is served.
func (c *Cache[V]) acceptLocked(x *landing[V]) {
	d, m := x.doc, x.doc.more
	x.flight.val = x.val
	m.published = x.flight.seq
	m.epoch++
	// The TTL is set before the value. If nothing is to be kept, the value is given to those who
	// wait, told to those who watch, and then dropped.
	keep := c.liveLocked(x)
	c.wellEvent(x)
	if x.changed {
		c.event(x, Event[V]{Kind: KindRotated, Value: x.Value, Origin: x.Origin})
		m.pace = nil
		c.followersLocked(x.follows)
	}
	m.trouble, m.told = nil, false
	c.aliasLocked(d, x.Alias)
	c.rememberLocked(x)
	c.replaceLocked(x)
	if !keep {
		c.dropLocked(d)
	}
}

// replaceLocked puts the value in the place of the one before, and tells those
// who watch. Views that are not watched are computed when they are read.
func (c *Cache[V]) replaceLocked(x *landing[V]) {
	d := x.doc
	// Before val is replaced: what is on the hit path must be what is served (invariant 3).
	d.cool()
	for v := d.more.views; v != nil; v = v.side.peer {
		v.val, v.side.from, v.side.err = nil, nil, nil
	}
	d.val, d.state, d.more.parsed = x.val, kept, nil
	if d.more.views != nil {
		d.more.parsed = x.parsed
	}
	for _, w := range x.watches {
		if w.entry.watch() == nil {
			continue // nobody watches it any more
		}
		if w.entry.isView() {
			c.setViewLocked(w.entry, x.val, w.val, w.err)
		}
		c.tellLocked(w.entry, w.changed, x.batch.began)
	}
}
