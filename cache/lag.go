package cache

import "cmp"

// lagsLocked reports whether value is from before the known one, and not for so
// long that the backend must mean it.
func (c *Cache[V]) lagsLocked(d *document[V], f *flight[V], value V) bool {
	if f.purpose == PurposeForce || c.opts.Grace <= 0 || d.known == nil || !c.opts.older(value, *d.known) ||
		c.opts.Equal(value, *d.known) {
		return false
	}
	t := d.troubled()
	if t.gone {
		return false
	}
	if t.regressed == 0 {
		t.regressed = c.now()
	}
	return c.since(t.regressed) < c.opts.Grace
}

// ignoreLocked keeps the known value although the backend answered an older one,
// and asks again when the grace is over.
func (c *Cache[V]) ignoreLocked(
	d *document[V], f *flight[V], began int64, result Loaded[V], x examined[V], events []Event[V],
) []Event[V] {
	d.known = cmp.Or(d.known, x.known) // its TTL may have ended meanwhile
	f.value = *d.known
	keep := c.lifetimeLocked(d, f, began, result)
	events = d.wellEvents(Loaded[V]{Value: f.value, Origin: result.Origin}, events)
	d.told = false
	regressed := d.troubled().regressed
	d.trouble = &trouble{regressed: regressed}
	d.refreshAt = min(d.refreshAt, after(regressed, c.opts.Grace))
	c.renewLocked(d)
	if !keep {
		d.forget()
	}
	return events
}

// overtakenLocked answers the readers of a load whose document was dropped
// meanwhile, or has a newer answer.
func (c *Cache[V]) overtakenLocked(d *document[V], f *flight[V], result Loaded[V], x examined[V]) {
	switch {
	case d.val != nil && c.now() < d.deadline():
		f.value = *d.val
	case d.known != nil && x.refusal != nil:
		f.err = x.refusal
	default:
		f.value, f.err = result.Value, result.Err
	}
}

func (o *Options[V]) older(candidate, current V) bool {
	return o.Older != nil && o.Older(candidate, current)
}
