package cache

import (
	"context"
	"time"
)

// maxWorkers is how many keys' callbacks run at a time.
const maxWorkers = 32

// wakeLocked hands w to a worker, and starts one if there is room.
func (c *Cache[V]) wakeLocked(w *watch[V]) {
	if w.queued || c.closed || w.nextLocked() == nil {
		return
	}
	w.queued = true
	c.ready = append(c.ready, w)
	if c.workers == maxWorkers {
		return
	}
	if c.workers == 0 {
		c.idle = make(chan struct{})
	}
	c.workers++
	go c.work()
}

// nextLocked returns a callback that has something to be told now.
func (w *watch[V]) nextLocked() *subscription[V] {
	for _, s := range w.subs {
		if len(s.pending) > 0 && s.retry == nil {
			return s
		}
	}
	return nil
}

// work calls callbacks until none is left to call, and ends.
func (c *Cache[V]) work() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for len(c.ready) > 0 && !c.closed {
		w := c.ready[0]
		c.ready = c.ready[1:]
		if s := w.nextLocked(); s != nil {
			c.callLocked(w, s)
		}
		w.queued = false
		c.wakeLocked(w) // behind the others, if there is more
		w.releaseLocked()
	}
	c.workers--
	if c.workers == 0 {
		close(c.idle)
	}
}

// callLocked makes one call. It gives up the lock meanwhile.
func (c *Cache[V]) callLocked(w *watch[V], s *subscription[V]) {
	value := s.pending[0]
	change := Change[V]{Key: w.entry.key, Old: *s.told, New: *value}
	c.mu.Unlock()
	err := invoke(c.ctx, s.call, change)
	c.mu.Lock()
	s.err = err
	if s.stopped {
		return
	}
	if err == nil {
		s.told, s.pending, s.failures = value, s.pending[1:], 0
		return
	}
	s.failures++
	events := []Event[V]{{Kind: CallbackFailed, Key: change.Key, Value: *value, Err: err, Attempt: s.failures}}
	if !c.closed {
		delay := Backoff(s.failures, retryFirst, retryLimit)
		s.pending = s.pending[len(s.pending)-1:]
		s.retry = time.AfterFunc(delay, func() { c.retryCall(w, s) })
		events = append(events, Event[V]{Kind: RetryPlanned, Key: change.Key, Err: err, Attempt: s.failures, Delay: delay})
	}
	c.mu.Unlock()
	c.emit(events)
	c.mu.Lock()
}

// retryCall makes a failed call due again, unless the content is back at what
// the callback knows.
func (c *Cache[V]) retryCall(w *watch[V], s *subscription[V]) {
	c.mu.Lock()
	defer c.mu.Unlock()
	s.retry = nil
	if s.stopped || c.closed {
		return
	}
	if c.opts.Equal(*s.told, *s.pending[0]) {
		s.pending, s.failures, s.err = nil, 0, nil
		return
	}
	c.wakeLocked(w)
}

// invoke calls the user's function and turns a panic into ErrPanic. Close looks
// for it on the stack to learn that it is called from within, so it must stay a
// frame of its own.
//
//go:noinline
func invoke[V any](ctx context.Context, call func(context.Context, Change[V]) error, change Change[V]) (err error) {
	defer func() {
		if recover() != nil {
			err = ErrPanic
		}
	}()
	return call(ctx, change)
}
