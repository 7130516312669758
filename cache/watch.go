package cache

import (
	"context"
	"slices"
	"sync/atomic"
	"time"
)

// Change is a change of a key's content.
type Change[V any] struct {
	Key string
	// Old is the content before the change. For Validate it is the zero V if the content
	// before is no longer known, because it was dropped.
	Old, New V
	// At is when the load that first brought New began.
	At time.Time
}

// watch is the state of a key that is watched. It remembers the value that it
// last told, and not only the value that is served: a value may end, or be
// dropped, and the next one is a change all the same. Guarded by Cache.mu.
type watch[V any] struct {
	entry *entry[V]
	// current is what handles show and what the next change is told against. It may be newer
	// than what is served, never older, and it stays when that ends (invariant 7).
	current  *V    // the last value known, even if it is no longer served
	previous *V    // the one before it
	at       int64 // when the load that first brought current began
	handles  map[*Handle[V]]struct{}
	subs     []*subscription[V]
	// Guards the order of callbacks: see wakeLocked.
	queued bool // it is in Cache.ready, or a worker has it
}

// Handle is a live view of one key. Reading it never waits and never fails. Make one
// with [Cache.Watch], and end it with [Handle.Stop]. It is safe for concurrent use.
type Handle[V any] struct {
	cache *Cache[V]
	watch *watch[V]
	state atomic.Pointer[handleState[V]]
}

// handleState is replaced as a whole, so that Current and Previous fit together.
type handleState[V any] struct {
	current     V
	previous    V
	hasPrevious bool
}

// Current returns the newest value that was accepted. It still does so when the cache no
// longer serves that value, for example because the backend fails for too long.
func (h *Handle[V]) Current() V { return h.state.Load().current }

// Previous returns the value before the current one. It returns false if the value has
// not changed since the key was first watched.
func (h *Handle[V]) Previous() (V, bool) {
	s := h.state.Load()
	return s.previous, s.hasPrevious
}

// Stop ends the watch. The handle keeps its last value. A second Stop does nothing.
func (h *Handle[V]) Stop() {
	c := h.cache
	c.mu.Lock()
	defer c.mu.Unlock()
	// The map tells whether h is stopped already: a second Stop must not count a watcher less
	// again.
	if _, ok := h.watch.handles[h]; ok {
		delete(h.watch.handles, h)
		c.unwatchLocked(h.watch)
	}
}

// Watch loads key and returns a handle of it. The cache keeps the handle up to date until
// Stop or Close. The errors are those of Get. If the TTL is negative, the handle changes
// only when a call such as Get or Refresh loads another value.
func (c *Cache[V]) Watch(ctx context.Context, key string) (*Handle[V], error) {
	r := c.resolve(key, c.table.Load().find(key))
	if r.err != nil {
		return nil, r.err
	}
	c.mu.Lock()
	e, err := c.entryLocked(key, r.as)
	if err != nil {
		c.mu.Unlock()
		return nil, err
	}
	// h.state is nil until there is a first value. No caller has h before that, but tellLocked
	// may find h in the map, and then sets h.state.
	h := &Handle[V]{cache: c, watch: c.watchLocked(e)}
	h.watch.handles[h] = struct{}{}
	c.mu.Unlock()

	// From here on the document is loaded before its TTL ends, and its entry stays in the table,
	// even if others drop its value meanwhile. It is watched before it is read, so that no
	// change is missed between the two.
	value, err := c.Get(ctx, key)
	if err != nil {
		h.Stop()
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	// firstLocked ignores this value if a newer one came after Get.
	c.firstLocked(h.watch, &value)
	h.showLocked()
	// It is watched now, which makes a refresh needed that nobody had planned.
	c.planLocked(e.doc)
	return h, nil
}

func (h *Handle[V]) showLocked() {
	// It is a new one each time, because readers may hold the one before without the lock.
	s := &handleState[V]{current: *h.watch.current}
	if h.watch.previous != nil {
		s.previous, s.hasPrevious = *h.watch.previous, true
	}
	h.state.Store(s)
}

// OnChange calls the function call after each change of the content of key. It does not
// call it for the first value, nor if the same content was written again. From now on key
// is watched: it is loaded again before each TTL ends. If no value is kept, it is also
// loaded now, in the background.
//
// The calls for one key run one at a time and in order. Calls for up to 32 keys run at the
// same time. No lock is held. The ctx of a call ends at CallbackTimeout and at Close. If a
// key has several callbacks, the next one is the one whose last call is longest ago. A
// callback that ignores its deadline does not hold up others. A callback may use the
// cache, and may even close it. A call that fails or panics is repeated with back-off, and
// then gets the value that is current. The changes that it missed become one change.
//
// After stop no call begins. stop does not wait for a running call, so a callback may stop
// itself. The errors are those of View, and [ErrClosed].
func (c *Cache[V]) OnChange(key string, call func(context.Context, Change[V]) error) (stop func(), err error) {
	r := c.resolve(key, c.table.Load().find(key))
	if r.err != nil {
		return nil, r.err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	e, err := c.entryLocked(key, r.as)
	if err != nil {
		return nil, err
	}
	w := c.watchLocked(e)
	// told is what is known now. If that is nil, firstLocked sets it to the first value, without
	// a call.
	s := &subscription[V]{call: call, told: w.current}
	w.subs = append(w.subs, s)
	d := e.doc
	switch {
	// A document that is gone is loaded too: a new watcher wants to know whether it still is.
	case !d.serves() && d.more.loading() == nil:
		c.departLocked(c.ctx, false, c.boardLocked(d, PurposeRefresh))
	// A view that nobody has read has no value yet that the next one could be compared with. parsedLocked
	// is called under the lock, so that the view is computed from the value that is served now.
	case d.serves() && w.current == nil:
		c.computeLocked(w, d.parsedLocked(d.val))
	}
	// After computeLocked, which gives up the lock meanwhile, so that what is due may have changed.
	c.planLocked(d)
	return func() { c.unsubscribe(w, s) }, nil
}

// computeLocked computes a view that is watched from now on and that nobody has read yet.
// Without that, its next change would not be told. It gives up the lock meanwhile.
func (c *Cache[V]) computeLocked(w *watch[V], p *parsed[V]) {
	var value V
	var err error
	c.unlockedLocked(func() { value, err = c.view(w.entry, p) })
	// A view that does not exist has no first value. It gets one when it appears.
	if err == nil {
		c.firstLocked(w, &value)
	}
}

func (c *Cache[V]) unsubscribe(w *watch[V], s *subscription[V]) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if s.stopped {
		return
	}
	// If a call runs now, calledLocked sees stopped when it returns, and makes no other.
	s.stopped, s.pending = true, nil
	if s.retry != nil {
		s.retry.Stop()
	}
	// The list is copied, because other code may be walking through the old one and does not
	// expect it to change.
	w.subs = slices.DeleteFunc(slices.Clone(w.subs), func(other *subscription[V]) bool { return other == s })
	c.unwatchLocked(w)
}

// watchLocked counts one more watcher of e.
func (c *Cache[V]) watchLocked(e *entry[V]) *watch[V] {
	if e.side == nil {
		// An unwatched document has no side, and most documents are unwatched.
		e.side = &side[V]{}
	}
	m := e.doc.own()
	if e.side.watch == nil {
		e.side.watch = &watch[V]{entry: e, handles: map[*Handle[V]]struct{}{}, current: e.val}
		m.watches++
		m.epoch++ // an outcome that is being judged has to be told to it too
	}
	// watchers counts handles and callbacks, watches the entries that have any: a document is
	// watched through each of its views.
	m.watchers++
	return e.side.watch
}

// firstLocked notes the first value of a watch, unless a newer one has come.
func (c *Cache[V]) firstLocked(w *watch[V], value *V) {
	// A load may have landed between the read and this call. It has told all watchers then.
	if w.current != nil {
		return
	}
	w.current = value
	// An outcome that is being judged was compared with nothing for this entry. It has to be
	// compared with this value, or a change would be taken for a first value and told to nobody.
	w.entry.doc.own().epoch++
	for _, s := range w.subs {
		// A callback that subscribed before there was a value.
		if s.told == nil {
			s.told = value
		}
	}
}

// unwatchLocked counts one watcher less.
func (c *Cache[V]) unwatchLocked(w *watch[V]) {
	d := w.entry.doc
	// After Close the rest is left as it is: nothing is served, and d may no longer be in the
	// table.
	d.more.watchers--
	if d.more.watchers == 0 && !c.closed {
		// Only handles have Renew, so its pause does not have to outlive them.
		d.more.pace = nil
		if !d.serves() {
			d.val = nil // only the watchers needed it
		}
	}
	c.releaseLocked(w)
	// The order matters: a document that is not watched any more may leave the table, and one
	// that has left must not be planned.
	c.tidyLocked(d)
	c.planLocked(d)
}

// releaseLocked forgets a watch without watchers. The watch stays while a callback runs, so that
// a callback that subscribes meanwhile waits for its turn: a callback may stop itself and
// subscribe anew.
func (c *Cache[V]) releaseLocked(w *watch[V]) {
	if s := w.entry.side; len(w.subs) == 0 && len(w.handles) == 0 && !w.queued && s != nil && s.watch == w {
		s.watch = nil
		w.entry.doc.more.watches--
		switch v := w.entry; {
		case !v.isView():
			v.side = nil
		// An absent view is not in the list of absentees while it is watched. Nothing else would
		// remove it (invariant 8).
		case s.err != nil && !s.removed && !c.closed:
			c.setViewLocked(v, s.from, nil, s.err) // it leaves as other absent views do
		}
		c.tidyLocked(w.entry.doc)
	}
}

// tellLocked tells the watchers of e the value that was just accepted, and whether
// its content is another one.
func (c *Cache[V]) tellLocked(e *entry[V], changed bool, began int64) {
	w := e.watch()
	// A view without a value is not told: callbacks hear of contents only, and Stat.Broken says
	// why there is none.
	if w == nil || e.val == nil {
		return
	}
	// at belongs to the load that first brought this content, so an equal rewrite does not change it.
	if changed {
		w.previous, w.at = w.current, began
	}
	w.current = e.val // even if the content is the same: it may be another version
	if changed {
		// After current is set, as it queues current.
		c.queueLocked(w)
	}
	for h := range w.handles {
		h.showLocked()
	}
}
