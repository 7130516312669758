package cache

import "time"

// Kind says what an [Event] is about.
type Kind int

// The kinds of events.
const (
	LoadDone     Kind = iota + 1 // a load that a reader waited for has ended
	RefreshDone                  // a load in the background, or by Refresh, has ended
	Rotated                      // a document's content changed
	Refused                      // Validate refused a changed value
	StaleBegan                   // a value is served past its TTL from now on
	RetryPlanned                 // a failed refresh or callback will be tried again
	CallbackFailed
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

// emit reports events. It must be called without the lock.
func (c *Cache[V]) emit(events []Event[V]) {
	if c.opts.Observe == nil {
		return
	}
	for _, e := range events {
		c.opts.Observe(e)
	}
}
