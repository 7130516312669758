package cache

import "time"

// Kind says what an [Event] is about.
type Kind int

// The kinds of events.
const (
	KindLoadDone       Kind = iota + 1 // a load that a reader waited for has ended
	KindRefreshDone                    // a load in the background, or by Refresh, has ended
	KindRotated                        // a document's content changed
	KindRefused                        // Validate refused a changed value
	KindStaleBegan                     // a value is served past its TTL from now on
	KindRetryPlanned                   // a failed refresh or callback will be tried again
	KindCallbackFailed                 // a callback returned an error, or panicked
	KindAppeared                       // a document that was told to be gone has a value
	KindGone                           // a document that had a value, or is watched, is gone
	KindRecovered                      // a good load after a stale value or several failures
)

// Event is something that the cache did. Fields that a kind has no use for are
// zero.
type Event[V any] struct {
	Kind Kind
	// Key is the document's, or for callbacks the key that is watched.
	Key string
	// Value is the value that is served now; the zero value where there is none.
	Value    V
	Origin   string
	Err      error
	Duration time.Duration
	Attempt  int
	Delay    time.Duration
}

// reportLocked has the events of a batch told, once its loader is done or, when
// others still wait for that, apart from it.
func (c *Cache[V]) reportLocked(b *Batch[V], events []Event[V]) {
	if c.opts.Observe == nil || c.closed {
		return
	}
	b.events = append(b.events, events...)
	if len(b.Keys) > 1 && !b.telling {
		go c.tell(b)
	}
}

// tell reports the events of a batch, in their order.
func (c *Cache[V]) tell(b *Batch[V]) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if b.telling {
		return
	}
	b.telling = true
	for len(b.events) > 0 {
		events := b.events
		b.events = nil
		c.emitLocked(events)
		c.mu.Lock()
	}
	b.telling = false
}

// emitLocked reports events. It gives up the lock.
func (c *Cache[V]) emitLocked(events []Event[V]) {
	if c.opts.Observe == nil || len(events) == 0 || c.closed {
		c.mu.Unlock()
		return
	}
	c.calls.n++
	c.mu.Unlock()
	for _, e := range events {
		c.opts.Observe(e)
	}
	c.mu.Lock()
	c.calls.done()
	c.mu.Unlock()
}
