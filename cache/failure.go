package cache

import "time"

// failLocked takes in a load that failed.
func (c *Cache[V]) failLocked(d *document[V], f *flight[V], result Loaded[V], events []Event[V]) []Event[V] {
	f.err = result.Err
	t := d.troubled()
	t.err, t.verdict, t.refused = result.Err, c.opts.judge(result.Err), false
	t.failures++
	now := c.now()
	switch t.verdict {
	case Gone:
		d.published = f.seq
		d.drop()
		d.expiresAt = now + int64(max(c.opts.NegativeTTL, 0))
		d.refreshAt = now + int64(c.pauseLocked(d, t.failures))
	case Transient:
		o := c.originLocked(result.Origin)
		if o.until <= now { // failures of loads that ran together count once
			o.failures++
			o.until = now + int64(Backoff(o.failures, retryFirst, retryLimit))
		}
		d.origin, d.refreshAt = o, o.until
		events = c.staleLocked(d, now, events)
		if d.stale && f.kind != forcing {
			f.value, f.err = *d.val, nil
		}
	case Failed:
		d.refreshAt = now + int64(c.pauseLocked(d, t.failures))
		if now >= d.expiresAt {
			d.drop()
		}
	}
	c.tidyLocked(d)
	if f.kind != loading || d.watchers > 0 {
		events = append(events, Event[V]{
			Kind: RetryPlanned, Key: d.key, Origin: result.Origin, Err: result.Err,
			Attempt: t.failures, Delay: time.Duration(d.refreshAt - now),
		})
	}
	return events
}

// staleLocked begins to serve a value past its TTL, if its TTL is over, the last
// failure lets it and it is not too old.
func (c *Cache[V]) staleLocked(d *document[V], now int64, events []Event[V]) []Event[V] {
	if d.stale || d.val == nil || now < d.expiresAt || now >= d.staleUntil ||
		d.trouble == nil || d.trouble.verdict != Transient || d.trouble.err == nil {
		return events
	}
	d.stale = true
	d.used = true // so that it is tried again while it is served
	return append(events, Event[V]{
		Kind: StaleBegan, Key: d.key, Value: *d.val, Origin: d.origin.name, Err: d.trouble.err, Attempt: d.trouble.failures,
	})
}

// refuseLocked keeps the known value after Validate refused the new one.
func (c *Cache[V]) refuseLocked(d *document[V], f *flight[V], refusal error, events []Event[V]) []Event[V] {
	t := d.troubled()
	t.err, t.verdict, t.refused = refusal, Failed, true
	t.failures++
	d.published = f.seq
	now := c.now()
	delay := c.pauseLocked(d, t.failures)
	ttl := max(int64(d.ttl), 2*int64(delay)) // the backend did answer
	d.expiresAt, d.staleUntil, d.stale = now+ttl, now+ttl, false
	d.refreshAt = now + int64(delay)
	read := f.kind == loading
	d.each(func(e *entry[V]) { read = read || e.hot.Load() != nil })
	if f.value = *d.known; f.kind == forcing {
		f.err = refusal
	}
	c.renewLocked(d)
	d.used = read // so that it is tried again without a further read
	return append(events,
		Event[V]{Kind: Refused, Key: d.key, Err: refusal, Attempt: t.failures},
		Event[V]{Kind: RetryPlanned, Key: d.key, Err: refusal, Attempt: t.failures, Delay: delay})
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
