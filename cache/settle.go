package cache

import (
	"context"
	"fmt"
)

// settle takes in the outcome of a document's load and lets its readers go.
func (c *Cache[V]) settle(kind purpose, b boarded[V], began int64, result Loaded[V]) {
	lags, refusal := c.examine(b, result)
	projected := c.projectAll(b, result)

	c.mu.Lock()
	d, f := b.doc, b.flight
	if d.flight == f {
		d.flight = nil
	}
	events := []Event[V]{c.doneEvent(kind, d, began, result)}
	switch {
	case c.closed:
		f.err = ErrClosed
	case d.removed || f.seq < d.published: // nobody finds d any more, or it has a newer answer
		f.value, f.err = result.Value, result.Err
	case result.Err != nil:
		events = c.failLocked(d, f, result, events)
	case refusal != nil:
		events = c.refuseLocked(d, f, refusal, events)
	case lags:
		c.ignoreLocked(d, f, began, result)
	default:
		events = c.acceptLocked(d, f, began, result, projected, events)
	}
	if f.next != nil && !c.closed {
		d.flight = f.next
		c.departLocked(c.ctx, forcing, []*document[V]{d})
	}
	c.planLocked(d)
	c.mu.Unlock()

	close(f.done)
	c.emit(events)
}

func (c *Cache[V]) doneEvent(kind purpose, d *document[V], began int64, result Loaded[V]) Event[V] {
	e := Event[V]{
		Kind: RefreshDone, Key: d.key, Value: result.Value, Origin: result.Origin, Err: result.Err, Duration: c.since(began),
	}
	if kind == loading {
		e.Kind = LoadDone
	}
	return e
}

// examine compares a loaded value with the known one: whether it lags behind it,
// and whether Validate refuses it.
func (c *Cache[V]) examine(b boarded[V], result Loaded[V]) (lags bool, refusal error) {
	if result.Err != nil {
		return false, nil
	}
	c.mu.Lock()
	known := b.doc.known
	lags = c.lagsLocked(b.doc, b.flight, result.Value)
	c.mu.Unlock()
	if lags || known == nil || c.opts.Validate == nil || c.opts.Equal(*known, result.Value) {
		return lags, nil
	}
	ctx, cancel := context.WithTimeout(c.ctx, c.opts.timeout(1))
	defer cancel()
	change := Change[V]{Key: b.doc.key, Old: *known, New: result.Value}
	if err := invoke(ctx, c.opts.Validate, change); err != nil {
		return false, fmt.Errorf("%w: %w", ErrRefused, err)
	}
	return false, nil
}

// projectAll computes the views of a new value without the lock.
func (c *Cache[V]) projectAll(b boarded[V], result Loaded[V]) map[*entry[V]]Result[V] {
	if result.Err != nil {
		return nil
	}
	c.mu.Lock()
	var views []*view[V]
	for v := b.doc.views; v != nil; v = v.peer {
		views = append(views, v)
	}
	c.mu.Unlock()
	if views == nil {
		return nil
	}
	projected := make(map[*entry[V]]Result[V], len(views))
	for _, v := range views {
		own := view[V]{project: v.project}
		projectView(&own, result.Value)
		r := Result[V]{Err: own.err}
		if own.val != nil {
			r.Value = *own.val
		}
		projected[&v.entry] = r
	}
	return projected
}

// acceptLocked makes a loaded value the one that is served.
func (c *Cache[V]) acceptLocked(
	d *document[V], f *flight[V], began int64, result Loaded[V], projected map[*entry[V]]Result[V], events []Event[V],
) []Event[V] {
	f.value, f.views = result.Value, projected
	keep := c.lifetimeLocked(d, f, began, result)
	if d.known != nil && !c.opts.Equal(*d.known, result.Value) {
		events = append(events, Event[V]{Kind: Rotated, Key: d.key, Value: result.Value, Origin: result.Origin})
	}
	d.trouble = nil
	c.replaceLocked(d, result.Value, projected)
	if !keep {
		c.forgetLocked(d)
	}
	return events
}

// lagsLocked reports whether value is from before the known one, and not for so
// long that the backend must mean it.
func (c *Cache[V]) lagsLocked(d *document[V], f *flight[V], value V) bool {
	if f.kind == forcing || c.opts.Grace <= 0 || d.known == nil || !c.opts.older(value, *d.known) ||
		c.opts.Equal(value, *d.known) {
		return false
	}
	t := d.troubled()
	if t.regressed == 0 {
		t.regressed = c.now()
	}
	return c.since(t.regressed) < c.opts.Grace
}

// ignoreLocked keeps the known value although the backend answered an older one,
// and asks again when the grace is over.
func (c *Cache[V]) ignoreLocked(d *document[V], f *flight[V], began int64, result Loaded[V]) {
	f.value = *d.known
	keep := c.lifetimeLocked(d, f, began, result)
	d.trouble = &trouble{regressed: d.troubled().regressed}
	d.refreshAt = min(d.refreshAt, c.now()+int64(c.opts.Grace))
	c.renewLocked(d)
	if !keep {
		c.forgetLocked(d)
	}
}
