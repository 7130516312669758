package cache

import (
	"cmp"
	"time"
)

// failLocked takes in a load that failed.
func (c *Cache[V]) failLocked(d *document[V], f *flight[V], began int64, result Loaded[V], events []Event[V]) []Event[V] {
	f.err = result.Err
	t := d.troubled()
	t.err, t.verdict, t.refused = result.Err, c.opts.judge(result.Err), false
	t.failures++
	now := c.now()
	switch t.verdict {
	case VerdictGone:
		events = d.goneEvent(result, events)
		t.gone, d.published = true, f.seq
		d.drop()
		d.expiresAt = after(now, max(c.opts.NegativeTTL, 0))
		d.refreshAt = now + int64(c.pauseLocked(d, t.failures))
		if result.LookAgain > 0 {
			d.refreshAt = after(now, result.LookAgain)
		}
	case VerdictTransient:
		d.origin = c.slowLocked(result, began, now)
		d.refreshAt = d.origin.until
		if t.failures > d.origin.failures && !result.RetryAt.After(time.Now()) { // others of its origin succeed
			d.refreshAt = max(d.refreshAt, now+int64(c.pauseLocked(d, t.failures)))
		}
		if events = c.staleLocked(d, now, events); now >= d.deadline() {
			d.drop()
		}
		if d.stale {
			f.value, f.err = *d.val, nil
		}
	default:
		d.refreshAt = now + int64(c.pauseLocked(d, t.failures))
		if now >= d.expiresAt {
			d.drop()
		}
	}
	return d.retryEvent(now, result.Origin, events)
}

// slowLocked makes the refreshes of an origin wait after a transient failure.
func (c *Cache[V]) slowLocked(result Loaded[V], began, now int64) *origin {
	o := c.originLocked(result.Origin)
	if began > o.until+int64(retryLimit) {
		o.failures = 0 // they are not consecutive, whatever answered meanwhile
	}
	if o.until <= now { // failures of loads that ran together count once
		o.failures++
		o.until = now + int64(Backoff(o.failures, retryFirst, retryLimit))
	}
	if at := int64(result.RetryAt.Sub(c.start)); !result.RetryAt.IsZero() && at > now {
		o.until = at // the loader knows
	}
	return o
}

// retryEvent tells when a failed load is tried again, if it is.
func (d *document[V]) retryEvent(now int64, from string, events []Event[V]) []Event[V] {
	if d.flight != nil || d.refreshAt == 0 || d.watchers == 0 && !d.used {
		return events
	}
	return append(events, Event[V]{
		Kind: KindRetryPlanned, Key: d.key, Origin: from, Err: d.trouble.err,
		Attempt: d.trouble.failures, Delay: time.Duration(d.refreshAt - now),
	})
}

// staleLocked begins to serve a value past its TTL, if its TTL is over, the last
// failure lets it and it is not too old.
func (c *Cache[V]) staleLocked(d *document[V], now int64, events []Event[V]) []Event[V] {
	if d.stale || d.val == nil || now < d.expiresAt || now >= d.staleUntil ||
		d.trouble == nil || d.trouble.verdict != VerdictTransient || d.trouble.err == nil {
		return events
	}
	d.stale, d.trouble.stale = true, true
	d.used = true // so that it is tried again while it is served
	return append(events, Event[V]{
		Kind: KindStaleBegan, Key: d.key, Value: *d.val, Origin: d.origin.name, Err: d.trouble.err, Attempt: d.trouble.failures,
	})
}

// refuseLocked keeps the known value after Validate refused the new one.
func (c *Cache[V]) refuseLocked(d *document[V], f *flight[V], x examined[V], events []Event[V]) []Event[V] {
	t := d.troubled()
	t.err, t.verdict, t.refused = x.refusal, VerdictFailed, true
	t.failures++
	d.published = f.seq
	now := c.now()
	delay := c.pauseLocked(d, t.failures)
	d.refreshAt = now + int64(delay)
	d.known = cmp.Or(d.known, x.known) // its TTL may have ended meanwhile
	switch read := f.purpose == PurposeRead || d.isHot(); {
	case t.gone: // so there is nothing to go on with
		f.err = x.refusal
	case d.ttl == 0: // it is not kept
		f.value, d.refreshAt = *d.known, 0
		d.forget()
	default:
		f.value = *d.known
		d.expiresAt = after(now, max(d.ttl, 2*delay)) // the backend did answer
		d.staleUntil, d.stale = after(d.expiresAt, d.maxStale), false
		c.renewLocked(d)
		d.used = read // so that it is tried again without a further read
	}
	events = append(events, Event[V]{Kind: KindRefused, Key: d.key, Value: f.value, Err: x.refusal, Attempt: t.failures})
	return d.retryEvent(now, "", events)
}

// pauseLocked is the back-off of one document. It stays below the TTL, so that a
// document with a short one is not forgotten for long.
func (c *Cache[V]) pauseLocked(d *document[V], failures int) time.Duration {
	limit := retryLimit
	if d.ttl > 0 {
		limit = min(limit, max(d.ttl, retryFirst))
	}
	return Backoff(failures, retryFirst, limit)
}

// goneEvent tells, once, that a document that had a value or is watched is gone.
func (d *document[V]) goneEvent(result Loaded[V], events []Event[V]) []Event[V] {
	if d.told || d.known == nil && d.watchers == 0 {
		return events
	}
	d.told = true
	return append(events, Event[V]{Kind: KindGone, Key: d.key, Origin: result.Origin, Err: result.Err})
}
