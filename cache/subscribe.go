package cache

import (
	"context"
	"slices"
	"time"
)

// Change is a change of a key's content.
type Change[V any] struct {
	Key string
	// Old is the content before. It is the zero V where Validate is asked about a
	// value that is not the first one, and the one before is no longer known.
	Old, New V
	// At is when the load that first brought New began.
	At time.Time
}

// subscription is one callback. Guarded by Cache.mu.
type subscription[V any] struct {
	call     func(context.Context, Change[V]) error
	told     *V          // what the callback knows: New of its last successful call
	pending  []news[V]   // what it has yet to be told, in order
	failures int         // consecutive
	err      error       // of the last call
	retry    *time.Timer // while it waits for its next try
	stopped  bool
	running  bool
	since    int64  // when the call that runs began
	turn     uint64 // when it was called last: a lower one is longer ago
}

// news is a value that a callback is to be told, and when the load of it began.
type news[V any] struct {
	value *V
	at    int64
}

// maxPending bounds what a callback that does not return can pile up. Beyond it,
// the changes in the middle become one.
const maxPending = 16

// OnChange has call called after each change of key's content, never for the
// first value and never for a rewrite of the same. From then on key counts as
// watched: it is loaded now, in the background, unless a value is kept, and
// before each TTL ends.
//
// Calls for one key run one at a time, in order, those for up to 32 keys at a
// time, with no lock held, and with a context that ends at CallbackTimeout and at
// Close. A call may use
// the cache, Close included. A call that fails or panics is made again with
// back-off, then with the value that is current; changes that it missed become
// one.
//
// stop ends it: no call begins afterwards. It does not wait for one that is
// running, so that a call may stop itself. Errors are those of View, and
// ErrClosed.
func (c *Cache[V]) OnChange(key string, call func(context.Context, Change[V]) error) (stop func(), err error) {
	r, err := c.viewOf(key)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	e, err := c.entryLocked(key, r)
	if err != nil {
		return nil, err
	}
	w := c.watchLocked(e)
	s := &subscription[V]{call: call, told: w.current}
	w.subs = append(w.subs, s)
	if d := e.doc; d.val == nil && d.flight == nil {
		c.boardLocked(d, PurposeRefresh)
		c.departLocked(c.ctx, PurposeRefresh, false, []*document[V]{d})
	}
	c.planLocked(e.doc)
	return func() { c.unsubscribe(w, s) }, nil
}

func (c *Cache[V]) unsubscribe(w *watch[V], s *subscription[V]) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if s.stopped {
		return
	}
	s.stopped, s.pending = true, nil
	if s.retry != nil {
		s.retry.Stop()
	}
	w.subs = slices.DeleteFunc(slices.Clone(w.subs), func(other *subscription[V]) bool { return other == s })
	c.unwatchLocked(w)
}

// queueLocked notes the watch's current value for all its callbacks.
func (c *Cache[V]) queueLocked(w *watch[V]) {
	for _, s := range w.subs {
		s.noteLocked(w.previous, news[V]{w.current, w.at}, c.opts.Equal)
	}
	c.wakeLocked(w)
}

// noteLocked adds a change from old to n.
func (s *subscription[V]) noteLocked(old *V, n news[V], equal func(a, b V) bool) {
	if s.told == nil {
		s.told = old // it subscribed before the first value
	}
	last := len(s.pending) - 1
	switch {
	case s.retry != nil:
		s.pending[last] = n
	case len(s.pending) < maxPending:
		s.pending = append(s.pending, n)
	case equal(*s.pending[last-1].value, *n.value): // back at what it was before the last
		s.pending = s.pending[:last]
	default:
		s.pending[last] = n
	}
}
