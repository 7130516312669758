package cache

import (
	"context"
	"sync/atomic"
)

// watch is what is needed for a key that somebody watches. Guarded by Cache.mu.
type watch[V any] struct {
	entry    *entry[V]
	current  *V    // the last value known, also when it is no longer served
	previous *V    // the one before it
	at       int64 // when the load that first brought current began
	handles  map[*Handle[V]]struct{}
	subs     []*subscription[V]
	queued   bool // it is in Cache.ready, or a worker has it
}

// Handle is a live view of one key: reading it never waits and never fails. Make
// one with [Cache.Watch]. It is safe for concurrent use.
type Handle[V any] struct {
	cache *Cache[V]
	watch *watch[V]
	state atomic.Pointer[handleState[V]]
}

type handleState[V any] struct {
	current     V
	previous    V
	hasPrevious bool
}

// Current returns the newest value that was accepted. When the backend fails for
// longer than the cache serves a value, it is the last one that was served.
func (h *Handle[V]) Current() V { return h.state.Load().current }

// Previous returns the value before the current one, and false when there was
// none since the key was watched.
func (h *Handle[V]) Previous() (V, bool) {
	s := h.state.Load()
	return s.previous, s.hasPrevious
}

// Stop ends the watch. The handle keeps its last value. Stopping twice is
// harmless.
func (h *Handle[V]) Stop() {
	c := h.cache
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, ok := h.watch.handles[h]; ok {
		delete(h.watch.handles, h)
		c.unwatchLocked(h.watch)
	}
}

// Watch loads key and returns a handle of it, which the cache keeps up to date
// until Stop or Close. Errors are those of Get. With a negative TTL the handle
// changes when Get or Refresh read another value.
func (c *Cache[V]) Watch(ctx context.Context, key string) (*Handle[V], error) {
	r, err := c.viewOf(key)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	e, err := c.entryLocked(key, r)
	if err != nil {
		c.mu.Unlock()
		return nil, err
	}
	h := &Handle[V]{cache: c, watch: c.watchLocked(e)}
	h.watch.handles[h] = struct{}{}
	c.mu.Unlock()

	value, err := c.Get(ctx, key)
	if err != nil {
		h.Stop()
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if h.watch.current == nil {
		h.watch.current = &value
	}
	h.showLocked()
	c.planLocked(e.doc)
	return h, nil
}

func (h *Handle[V]) showLocked() {
	s := &handleState[V]{current: *h.watch.current}
	if h.watch.previous != nil {
		s.previous, s.hasPrevious = *h.watch.previous, true
	}
	h.state.Store(s)
}

// watchLocked counts one more watcher of e.
func (c *Cache[V]) watchLocked(e *entry[V]) *watch[V] {
	if e.watch == nil {
		e.watch = &watch[V]{entry: e, handles: map[*Handle[V]]struct{}{}}
		if v := e.view; v != nil && e.val == nil && v.err == nil && e.doc.val != nil {
			projectView(v, *e.doc.val)
		}
		e.watch.current = e.val
	}
	e.doc.watchers++
	return e.watch
}

// unwatchLocked counts one watcher less.
func (c *Cache[V]) unwatchLocked(w *watch[V]) {
	d := w.entry.doc
	d.watchers--
	w.releaseLocked()
	c.planLocked(d)
	c.tidyLocked(d)
}

// releaseLocked forgets a watch without watchers. It stays while a callback runs,
// so that one that subscribes meanwhile waits for its turn.
func (w *watch[V]) releaseLocked() {
	if len(w.subs) == 0 && len(w.handles) == 0 && !w.queued && w.entry.watch == w {
		w.entry.watch = nil
	}
}

// tellLocked tells the watchers of e its new value.
func (c *Cache[V]) tellLocked(e *entry[V], began int64) {
	w := e.watch
	if w == nil || e.val == nil {
		return
	}
	switch {
	case w.current == nil:
		w.current = e.val
	case c.opts.Equal(*w.current, *e.val):
		w.current = e.val // the same content, perhaps as another version
	default:
		w.previous, w.current, w.at = w.current, e.val, began
		c.queueLocked(w)
	}
	for h := range w.handles {
		h.showLocked()
	}
}
