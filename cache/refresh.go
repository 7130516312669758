package cache

import (
	"context"
	"fmt"
)

// Refresh loads keys now, without jitter and whatever is kept, and returns when
// that is done. The loads begin after the call, so that afterwards Get returns
// what the backend holds now. Refreshes that wait together share a load. It
// returns one error or nil for each key, in their order; what was kept is then
// treated as after any failed load. Errors are those of Get, those of loads that
// failed also where readers are served what was kept, and ErrRefused.
func (c *Cache[V]) Refresh(ctx context.Context, keys ...string) []error {
	errs := make([]error, len(keys))
	if err := ctx.Err(); err != nil {
		for i := range errs {
			errs[i] = err
		}
		return errs
	}
	requests := c.ask(ctx, keys, PurposeForce, func(r *request[V]) (starts bool) {
		r.flight, starts = c.forceLocked(r.entry.doc)
		return starts
	})
	for i, r := range requests {
		errs[i] = r.err
		if r.flight == nil {
			continue
		}
		if _, errs[i] = c.wait(ctx, r); errs[i] == nil {
			errs[i] = r.flight.missed
		}
	}
	return errs
}

// forceLocked returns a flight that begins after now, and whether the caller must
// start it. One that is already waiting for a turn is shared; a load that is
// under way for a reader is overtaken.
func (c *Cache[V]) forceLocked(d *document[V]) (f *flight[V], starts bool) {
	switch running := d.flight; {
	case running == nil || running.purpose != PurposeForce:
		return c.boardLocked(d, PurposeForce), true
	case running.begun:
		if running.next == nil {
			running.next = &flight[V]{doc: d, purpose: PurposeForce, done: make(chan struct{})}
		}
		return running.next, false
	default:
		return running, false
	}
}

// KeyError tells which key an error is about.
type KeyError struct {
	Key string
	Err error
}

// Error names the key and the cause.
func (e *KeyError) Error() string { return fmt.Sprintf("%q: %v", e.Key, e.Err) }

// Unwrap returns the cause.
func (e *KeyError) Unwrap() error { return e.Err }
