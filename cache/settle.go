package cache

import (
	"cmp"
	"context"
	"fmt"
)

// settle takes in the outcome of a document's load and lets its readers go.
func (c *Cache[V]) settle(kind purpose, b boarded[V], began int64, result Loaded[V]) {
	x := c.examine(b, result)
	projected := c.projectAll(b, result)

	c.mu.Lock()
	d, f := b.doc, b.flight
	if d.flight == f {
		d.flight = nil
	}
	d.flights--
	c.crowded = false
	f.missed = cmp.Or(result.Err, x.refusal)
	events := []Event[V]{c.doneEvent(kind, d, began, result)}
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
		c.ignoreLocked(d, f, began, result, x)
	default:
		events = c.acceptLocked(d, f, began, result, projected, events)
	}
	events[0].Value = f.value
	c.followLocked(d, f)
	c.tidyLocked(d)
	c.planLocked(d)
	c.mu.Unlock()

	close(f.done)
	c.emit(events)
}

// followLocked starts the load of a Refresh that waited for f.
func (c *Cache[V]) followLocked(d *document[V], f *flight[V]) {
	switch {
	case f.next == nil:
	case c.closed:
		f.next.err = ErrClosed
		close(f.next.done)
	default:
		d.flight = f.next
		d.flights++
		c.departLocked(c.ctx, forcing, []*document[V]{d})
	}
}

func (c *Cache[V]) doneEvent(kind purpose, d *document[V], began int64, result Loaded[V]) Event[V] {
	e := Event[V]{
		Kind: RefreshDone, Key: d.key, Origin: result.Origin, Err: result.Err, Duration: c.since(began),
	}
	if kind == loading {
		e.Kind = LoadDone
	}
	return e
}

// examined is how a loaded value compares with the known one: whether it lags
// behind it, and why Validate refuses it.
type examined[V any] struct {
	known   *V
	lags    bool
	refusal error
}

func (c *Cache[V]) examine(b boarded[V], result Loaded[V]) (x examined[V]) {
	if result.Err != nil {
		return x
	}
	c.mu.Lock()
	x.known = b.doc.known
	x.lags = c.lagsLocked(b.doc, b.flight, result.Value)
	c.mu.Unlock()
	if x.lags || x.known == nil || c.opts.Validate == nil || c.opts.Equal(*x.known, result.Value) {
		return x
	}
	ctx, cancel := context.WithTimeout(c.ctx, c.opts.timeout(1))
	defer cancel()
	change := Change[V]{Key: b.doc.key, Old: *x.known, New: result.Value}
	if err := invoke(ctx, c.opts.Validate, change); err != nil {
		x.refusal = fmt.Errorf("%w: %w", ErrRefused, err)
	}
	return x
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
		d.forget()
	}
	return events
}
