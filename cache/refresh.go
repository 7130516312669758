package cache

import (
	"context"
	"errors"
	"fmt"
)

// Refresh loads keys now, without jitter and whatever is kept, and returns when
// that is done. The loads begin after the call, so that afterwards Get returns
// what the backend holds now. Refreshes that wait together share a load. The
// error joins those of the keys; what was kept is then treated as after any
// failed load.
func (c *Cache[V]) Refresh(ctx context.Context, keys ...string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	requests := c.ask(ctx, keys, forcing, func(r *request[V]) (starts bool) {
		r.flight, starts = c.forceLocked(r.entry.doc)
		return starts
	})
	return c.waitAll(ctx, keys, requests)
}

// forceLocked returns a flight that begins after now, and whether the caller must
// start it. One that is already waiting for a turn is shared; a load that is
// under way for a reader is overtaken.
func (c *Cache[V]) forceLocked(d *document[V]) (f *flight[V], starts bool) {
	switch running := d.flight; {
	case running == nil || running.kind != forcing:
		return c.boardLocked(d, forcing), true
	case running.begun:
		if running.next == nil {
			c.seq++
			running.next = &flight[V]{kind: forcing, seq: c.seq, done: make(chan struct{})}
		}
		return running.next, false
	default:
		return running, false
	}
}

// KeyError tells which key an error of a call with many keys is about.
type KeyError struct {
	Key string
	Err error
}

// Error names the key and the cause.
func (e *KeyError) Error() string { return fmt.Sprintf("%q: %v", e.Key, e.Err) }

// Unwrap returns the cause.
func (e *KeyError) Unwrap() error { return e.Err }

func (c *Cache[V]) waitAll(ctx context.Context, keys []string, requests []request[V]) error {
	var errs []error
	for i, r := range requests {
		err := r.err
		if r.flight != nil {
			if _, err = c.wait(ctx, r); err == nil {
				err = r.flight.missed
			}
		}
		if err != nil {
			errs = append(errs, &KeyError{Key: keys[i], Err: err})
		}
	}
	return errors.Join(errs...)
}
