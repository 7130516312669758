package cache

import (
	"runtime"
	"strings"
	"time"
)

// Close ends the cache: it cancels all loads and callbacks, and waits for their
// goroutines. Called from within a callback, Validate or Observe it does not wait,
// as it would wait for itself. For callbacks that ignore their context it waits no
// longer than Timeout and returns ErrBusy. Every later call returns ErrClosed;
// closing again waits again and returns the same.
func (c *Cache[V]) Close() error {
	c.mu.Lock()
	if !c.closed {
		c.closed = true
		c.cancel()
		c.stopTimersLocked()
		c.table.Store(newTable[V](c.table.Load().seed, 1))
	}
	idle := c.idle
	c.mu.Unlock()
	if withinCall() {
		return nil
	}
	c.loads.Wait()
	if idle == nil {
		return nil
	}
	patience := time.NewTimer(c.opts.timeout(1))
	defer patience.Stop()
	select {
	case <-idle:
		return nil
	case <-patience.C:
		return ErrBusy
	}
}

func (c *Cache[V]) stopTimersLocked() {
	if c.schedule.timer != nil {
		c.schedule.timer.Stop()
	}
	for _, d := range c.schedule.docs {
		d.index = -1
	}
	c.schedule.docs = nil
	c.table.Load().each(func(e *entry[V]) {
		e.hot.Store(nil)
		if e.watch == nil {
			return
		}
		for _, s := range e.watch.subs {
			if s.retry != nil {
				s.retry.Stop()
			}
		}
	})
}

// withinCall reports whether this goroutine is inside a callback, Validate or
// Observe.
func withinCall() bool {
	const pkg = "github.com/secretmux/secretmux/cache."
	var pcs [64]uintptr
	for skip := 2; ; skip += len(pcs) {
		n := runtime.Callers(skip, pcs[:])
		frames := runtime.CallersFrames(pcs[:n])
		for {
			frame, more := frames.Next()
			if name, ok := strings.CutPrefix(frame.Function, pkg); ok &&
				(strings.HasPrefix(name, "invoke[") || strings.HasSuffix(name, ".emit")) {
				return true
			}
			if !more {
				break
			}
		}
		if n < len(pcs) {
			return false
		}
	}
}

// Closed reports whether Close was called.
func (c *Cache[V]) Closed() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.closed
}
