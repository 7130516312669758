package cache

import (
	"context"
	"time"
)

// readJoinedLocked is readLocked for one key of many, whose reader waits for others as well.
func (c *Cache[V]) readJoinedLocked(r *request[V]) (departs *flight[V]) {
	departs = c.readLocked(r)
	c.joinReaderLocked(r, false)
	return departs
}

// joinReaderLocked lets r wait for its flight, if it has one. begins says that it has just
// begun it. Nearly all loads have no further reader, so this one gets a signal of its own,
// which unlike a channel that is closed can be used again.
func (c *Cache[V]) joinReaderLocked(r *request[V], begins bool) {
	switch f := r.flight; {
	case f == nil:
	case !begins || c.keepsNothing(f.began):
		f.joinLocked()
	default:
		f.first = c.signals.New()
		r.first = f.first
	}
}

// await is wait for a reader, by its signal if it has one.
func (c *Cache[V]) await(ctx context.Context, r *request[V]) error {
	if r.first != nil {
		return c.signals.Wait(ctx, r.first)
	}
	return r.flight.wait(ctx)
}

// keepsNothing says that a load which begins now is in a bubble of synctest. It must leave
// neither its goroutine nor a channel to another load, and have none from another: a bubble
// ends only when all its goroutines have ended, and its channels are of no use outside.
//
// A cache that was made outside, as a global one is, sees the bubble's clock decades off:
// that begins in the year 2000, and has no monotonic part. It costs no look at the clock.
func (c *Cache[V]) keepsNothing(now int64) bool {
	return !c.worker.Keeps || now < 0 || now > int64(20*365*24*time.Hour)
}
