package cache

import (
	"cmp"
	"time"
)

// This file decides on an outcome that is not accepted: a failure, a refusal, a value that is
// older than the known one, or an outcome that comes too late.

// failLocked decides on a load that failed.
func (c *Cache[V]) failLocked(x *landing[V]) {
	d, f := x.doc, x.flight
	f.err = x.Err
	t := d.troubled()
	t.err, t.verdict, t.origin, t.refused, t.until = x.Err, x.verdict, x.Origin, false, 0
	t.failures++
	// The pause of its origin may be over. If it is not, downLocked sets held again.
	d.held = false
	switch {
	case x.verdict == VerdictGone:
		c.goneLocked(x)
	case x.verdict == VerdictTransient:
		c.downLocked(x)
	default:
		d.refreshAt = after(x.now(), c.pause(d, t.failures))
		// If the document was gone, nobody knows any more whether it is gone or there.
		if d.state == gone || x.now() >= d.expiresAt {
			c.dropLocked(d)
		}
	}
	c.retryEvent(x, x.Origin)
}

// goneLocked makes the failure the only thing that is served, at once: a revoked value must not
// be served for the rest of its TTL.
func (c *Cache[V]) goneLocked(x *landing[V]) {
	d, m := x.doc, x.doc.more
	if !m.told && (d.val != nil || m.watchers > 0) {
		m.told = true // once, not at each look
		c.event(x, Event[V]{Kind: KindGone, Origin: x.Origin, Err: x.Err})
	}
	// The failure is news from the backend, as a value is: loads that began before it come too late.
	m.trouble.goneErr = x.Err
	m.published = x.flight.seq
	// An outcome that is being judged now was compared with a value that must not be served again.
	m.epoch++
	c.dropLocked(d)
	// After dropLocked, which sets the state to empty.
	d.state, d.expiresAt = gone, after(x.now(), int64(max(c.opts.NegativeTTL, 0)))
	if d.refreshAt = after(x.now(), c.pause(d, m.trouble.failures)); x.LookAgain > 0 {
		d.refreshAt = after(x.now(), int64(x.LookAgain))
	}
}

// downLocked lets the origin rest. What is kept is still served, as a stale value if its TTL is
// over.
func (c *Cache[V]) downLocked(x *landing[V]) {
	d, t := x.doc, x.doc.more.trouble
	o := c.slowLocked(x)
	if t.failures > o.failures && o.until != o.asked {
		// Other documents of its origin succeed, which ends the origin's pause each time. So the
		// trouble is this document's own.
		t.until = after(x.now(), c.pause(d, t.failures))
	}
	// Before staleLocked, so that the next try for a stale value is planned.
	c.holdLocked(d, o, max(o.until, t.until))
	c.staleLocked(d, x.now(), &x.events)
	if d.state == gone || x.now() >= d.deadline() {
		c.dropLocked(d)
	}
	if d.state == stale { // readers of the load get the value; only Refresh gets the error
		x.flight.val, x.flight.err = d.val, nil
	}
}

// staleLocked begins to serve a value past its TTL. It does so only if the TTL is over, the last
// failure was transient and MaxStale is not over.
func (c *Cache[V]) staleLocked(d *document[V], now int64, events *[]Event[V]) {
	t := d.more.failing()
	if d.state != kept || now < d.expiresAt || now >= d.staleUntil() || t == nil || t.verdict != VerdictTransient || t.err == nil {
		return
	}
	// t.stale is for the event that will tell when this ends: see wellEvent.
	d.state, t.stale = stale, true
	d.used = true // so that it is tried again while it is served
	if c.opts.Observe != nil {
		*events = append(*events, Event[V]{
			Kind: KindStaleBegan, Key: d.key, Value: *d.val, Origin: t.origin, Err: t.err, Attempt: t.failures,
		})
	}
}

// refuseLocked keeps the known value after Validate refused the new one. As the
// backend did answer, the known one is good for another TTL.
func (c *Cache[V]) refuseLocked(x *landing[V]) {
	d, m, f := x.doc, x.doc.more, x.flight
	t := d.troubled()
	t.err, t.verdict, t.refused = x.refusal, VerdictFailed, true
	t.failures++
	// A refused value is an answer of the backend too: the outcome of a load that began earlier must not replace it.
	m.published = f.seq
	m.epoch++
	delay := c.pause(d, t.failures)
	known := cmp.Or(d.val, x.known) // d.val is nil if its TTL has ended meanwhile
	d.refreshAt, d.held = after(x.now(), delay), false
	switch read := f.purpose == PurposeRead || d.isHot(); {
	// Watchers still know a value that was gone, but it must not be served (invariant 2).
	case t.goneErr != nil || known == nil: // so there is nothing to go on with
		f.err = x.refusal
		c.dropLocked(d)
	case d.terms.ttl == 0: // it is not kept
		f.val, d.refreshAt = known, 0
		c.dropLocked(d)
	default:
		f.val = known
		// The value lasts at least until the next try has had its time. If it ended between two
		// refusals, readers would wait for nothing.
		d.expiresAt = after(x.now(), max(d.terms.ttl, 2*delay))
		c.goOnLocked(d, known)
		d.used = read // so that it is tried again without a further read
	}
	e := Event[V]{Kind: KindRefused, Origin: x.Origin, Err: x.refusal, Attempt: t.failures}
	if f.val != nil {
		e.Value = *f.val
	}
	c.event(x, e)
	c.retryEvent(x, x.Origin)
}

// ignoreLocked keeps the known value although the backend answered an older one,
// and asks again when the grace is over.
func (c *Cache[V]) ignoreLocked(x *landing[V]) {
	d := x.doc
	known := cmp.Or(d.val, x.known)
	x.flight.val = known
	// The backend has answered, so the known value is good for another TTL, and its origin is
	// well.
	keep := c.liveLocked(x)
	c.wellEvent(x)
	d.more.published = x.flight.seq
	d.more.epoch++
	d.more.told = false
	regressed := cmp.Or(x.regressed, x.now())
	// Without an error, because nothing has failed. Only regressed must be kept, or the grace
	// would never end.
	d.more.trouble = &trouble{regressed: regressed}
	d.refreshAt = min(d.refreshAt, after(regressed, int64(c.opts.Grace)))
	if c.goOnLocked(d, known); !keep {
		c.dropLocked(d)
	}
}

// overtakenLocked answers the readers of a load whose document was removed meanwhile, or has a
// newer answer.
func (c *Cache[V]) overtakenLocked(x *landing[V]) {
	switch d, f := x.doc, x.flight; {
	case x.servesLocked():
		f.val = d.val
	// The load failed, and nothing is served that its readers could get instead.
	case f.missed != nil:
		f.err = f.missed
	// The document was dropped meanwhile, but the value that it had was newer than this one.
	case x.lags:
		f.val = x.known
	default:
		f.val = x.val
	}
}

// origin is a place that values come from. A place has one only while it is in trouble.
type origin struct {
	failures int
	until    int64 // no refresh begins before this
	asked    int64 // the same moment, if the loader has named it
	probes   int   // how many refreshes were begun after until
	holds    bool  // some document waits for it
}

// slowLocked makes the refreshes of an origin wait after a transient failure. Reads
// are not held back: a reader of what is not kept has nothing to lose by trying.
func (c *Cache[V]) slowLocked(x *landing[V]) *origin {
	o := c.origins[x.Origin]
	if o == nil {
		c.forgetOriginsLocked(x.now())
		o = &origin{}
		c.origins[x.Origin] = o
	}
	if x.batch.began > after(o.until, int64(retryLimit)) {
		o.failures = 0 // failures so far apart are not consecutive
	}
	// A hundred keys of one batch fail together. That is one failure, and must not cause a pause
	// of a minute.
	if o.until <= x.now() { // failures of loads that ran together count once
		o.failures++
		o.until, o.probes = after(x.now(), int64(Backoff(o.failures, retryFirst, retryLimit))), 0
	}
	if at := int64(x.NotBefore.Sub(c.start)); !x.NotBefore.IsZero() {
		// An earlier call would be refused by the gate, and that would count as another failure.
		o.until = max(o.until, at)
	}
	if at := int64(x.RetryAt.Sub(c.start)); !x.RetryAt.IsZero() && at > x.now() {
		o.until, o.asked = at, at // the loader knows
	}
	return o
}

// forgetOriginsLocked sometimes forgets origins that are no longer asked for.
func (c *Cache[V]) forgetOriginsLocked(now int64) {
	if len(c.origins) < manyOrigins {
		return
	}
	for name, o := range c.origins {
		if now > after(o.until, int64(retryLimit)) {
			delete(c.origins, name)
		}
	}
}

// wellLocked ends the trouble of an origin: the documents that waited for that become due.
func (c *Cache[V]) wellLocked(x *landing[V]) {
	name := x.Origin
	o := c.origins[name]
	if o == nil {
		return
	}
	delete(c.origins, name)
	if !o.holds || o.failures == 1 { // after one failure they don't wait for long
		return
	}
	for _, p := range c.schedule {
		d := p.doc
		if from, ok := d.origin(); d.held && ok && from == name {
			d.refreshAt, d.held = x.now(), false
			if t := d.more.failing(); t != nil {
				d.refreshAt = max(x.now(), t.until)
			}
		}
	}
	// One pass over the whole schedule: moving a hundred thousand documents one by one takes longer.
	c.schedule.order()
}

// holdLocked makes d wait for its origin. Only a document in use is woken when the origin is well again.
func (c *Cache[V]) holdLocked(d *document[V], o *origin, until int64) {
	// held is for wellLocked, which brings forward only the documents that wait for the origin.
	d.refreshAt, d.held = until, d.used || d.more.watched()
	o.holds = o.holds || d.held
}

// mayAskLocked reports whether the origin of d allows that d is loaded now. If not, it makes d
// wait. One batch finds out whether an origin is well again; the others don't have to fail with
// it.
func (c *Cache[V]) mayAskLocked(d *document[V], now int64) bool {
	name, ok := d.origin()
	o := c.origins[name]
	if !ok || o == nil {
		return true
	}
	until := o.until
	// The pause is over, so some may try. If none of them has answered for a minute, others
	// may.
	if until <= now {
		if o.probes < maxBatch || now > after(until, int64(retryLimit)) {
			o.probes++
			return true
		}
		until = after(now, int64(Backoff(o.failures, retryFirst, retryLimit)))
	}
	if x := d.more.awaits(); x != nil && x.at <= now {
		x.at = until
	}
	if d.refreshAt <= now+d.slack() {
		c.holdLocked(d, o, until)
	}
	return false
}

// origin is where d's next answer is likely to come from.
func (d *document[V]) origin() (name string, ok bool) {
	if t := d.more.failing(); t != nil && t.verdict == VerdictTransient {
		return t.origin, true
	}
	if d.terms == nil {
		return "", false
	}
	return d.terms.origin, true
}

// pause is the back-off of one document. It is at most the TTL, or a second if the TTL is
// shorter, so that a document with a short TTL is tried again soon.
func (c *Cache[V]) pause(d *document[V], failures int) int64 {
	limit := int64(retryLimit)
	if d.terms != nil && d.terms.ttl > 0 {
		limit = min(limit, max(d.terms.ttl, int64(retryFirst)))
	}
	return int64(Backoff(failures, retryFirst, time.Duration(limit)))
}
