package cache

import (
	"cmp"
	"context"
	"fmt"
)

// land takes in the outcome of a document's load, unless one has come in before.
func (c *Cache[V]) land(b *Batch[V], f *flight[V], l Loaded[V]) {
	c.mu.Lock()
	if f.landed {
		c.mu.Unlock()
		return
	}
	f.landed = true
	validates := c.opts.Validate != nil && l.Err == nil && !c.closed
	if validates {
		c.calls.n++
	}
	c.mu.Unlock()
	if !validates {
		c.settle(b, f, l, examined[V]{})
		return
	}
	x := c.examine(f, l)
	if !x.asks {
		c.settle(b, f, l, x)
		c.mu.Lock()
		c.calls.done()
		c.mu.Unlock()
		return
	}
	go func() { // Validate may take its time, and must not delay the other keys
		x.refusal = c.validate(f, x, l.Value)
		c.settle(b, f, l, x)
		c.mu.Lock()
		c.calls.done()
		c.mu.Unlock()
		c.tell(b)
	}()
}

// settle makes the outcome of a load the document's state, and lets its readers
// go.
func (c *Cache[V]) settle(b *Batch[V], f *flight[V], result Loaded[V], x examined[V]) {
	projected := c.projectAll(f.doc, result)
	follows := c.followers(f.doc, result)

	c.mu.Lock()
	d, began := f.doc, b.began
	if c.opts.Validate == nil && result.Err == nil {
		x = c.examineLocked(f, result)
	}
	d.ashore(f)
	before := d.known
	c.crowded = false
	f.missed = cmp.Or(result.Err, x.refusal)
	events := []Event[V]{c.doneEvent(b.Purpose, d, began, result)}
	switch {
	case c.closed:
		f.err = ErrClosed
	case d.removed || f.seq < d.published: // nobody finds d any more, or it has a newer answer
		c.overtakenLocked(d, f, result, x)
	case result.Err != nil:
		events = c.failLocked(d, f, began, result, events)
	case x.refusal != nil:
		events = c.refuseLocked(d, f, x, events)
	case x.lags:
		events = c.ignoreLocked(d, f, began, result, x, events)
	default:
		events = c.acceptLocked(d, f, began, result, projected, follows, events)
	}
	events[0].Value = f.value
	changed := before != d.known && before != nil && d.known != nil && !c.opts.Equal(*before, *d.known)
	if f.renews && !changed {
		c.paceLocked(d)
	}
	c.followLocked(d, f)
	c.expectAgainLocked(d, f)
	c.tidyLocked(d)
	c.planLocked(d)
	c.reportLocked(b, events)
	c.mu.Unlock()
	close(f.done)
}

// followLocked starts the load of a Refresh that waited for f.
func (c *Cache[V]) followLocked(d *document[V], f *flight[V]) {
	switch {
	case f.next == nil:
	case c.closed:
		f.next.err = ErrClosed
		close(f.next.done)
	default:
		c.seq++
		f.next.seq = c.seq // now, as an Invalidate may have come since it was queued
		c.aboardLocked(d, f.next)
		c.departLocked(c.ctx, PurposeForce, true, []*document[V]{d})
	}
}

func (c *Cache[V]) doneEvent(purpose Purpose, d *document[V], began int64, result Loaded[V]) Event[V] {
	e := Event[V]{
		Kind: KindRefreshDone, Key: d.key, Origin: result.Origin, Err: result.Err, Duration: c.since(began),
	}
	if purpose == PurposeRead {
		e.Kind = KindLoadDone
	}
	return e
}

// examined is how a loaded value compares with the known one: whether it lags
// behind it, and why Validate refuses it.
type examined[V any] struct {
	known   *V
	lags    bool
	asks    bool // Validate is to be asked
	refusal error
}

func (c *Cache[V]) examine(f *flight[V], result Loaded[V]) examined[V] {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.examineLocked(f, result)
}

func (c *Cache[V]) examineLocked(f *flight[V], result Loaded[V]) (x examined[V]) {
	x.known = f.doc.known
	x.lags = c.lagsLocked(f.doc, f, result.Value)
	x.asks = !x.lags && x.known != nil && c.opts.Validate != nil && !c.opts.Equal(*x.known, result.Value)
	return x
}

func (c *Cache[V]) validate(f *flight[V], x examined[V], value V) error {
	ctx, cancel := context.WithTimeout(c.ctx, c.opts.timeout(1))
	defer cancel()
	change := Change[V]{Key: f.doc.key, Old: *x.known, New: value, At: c.moment(f.began)}
	if err := invoke(ctx, c.opts.Validate, change); err != nil {
		return fmt.Errorf("%w: %w", ErrRefused, err)
	}
	return nil
}

// acceptLocked makes a loaded value the one that is served.
func (c *Cache[V]) acceptLocked(
	d *document[V], f *flight[V], began int64, result Loaded[V], projected map[*entry[V]]Result[V],
	follows []string, events []Event[V],
) []Event[V] {
	f.value, f.views = result.Value, projected
	keep := c.lifetimeLocked(d, f, began, result)
	events = d.wellEvents(result, events)
	if d.known != nil && !c.opts.Equal(*d.known, result.Value) {
		events = append(events, Event[V]{Kind: KindRotated, Key: d.key, Value: result.Value, Origin: result.Origin})
		d.pace = nil
		c.followersLocked(follows)
	}
	d.trouble, d.told = nil, false
	c.aliasLocked(d, result.Alias)
	c.replaceLocked(d, result.Value, projected, began)
	if !keep {
		d.forget()
	}
	return events
}

// wellEvents tells of the end of what was wrong with d.
func (d *document[V]) wellEvents(result Loaded[V], events []Event[V]) []Event[V] {
	e := Event[V]{Key: d.key, Value: result.Value, Origin: result.Origin}
	switch t := d.trouble; {
	case d.told:
		e.Kind = KindAppeared
	case t != nil && t.verdict != VerdictGone && (t.stale || t.failures > 1):
		e.Kind, e.Attempt = KindRecovered, t.failures
	default:
		return events
	}
	return append(events, e)
}
