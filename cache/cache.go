// Package cache keeps values by key, loads them again before they grow old, and reports when they change. It knows
// nothing about secrets. Its user says what a value is, what an error means and how to load.
//
// # What it promises
//
// Honest TTL. While the loader answers, Get never returns a value that is older than its TTL. The age counts from
// the start of the load. A key that is read or watched is loaded again in the background before its TTL ends, so
// that its readers don't wait. A key that is neither read nor watched costs nothing, not even a timer. The next
// Get loads it. There is one exception: if the backend's newer value is refused or ignored, as described below,
// the old value is served for another TTL.
//
// Bounded stale. After its TTL a value is served only if the last load failed with [VerdictTransient], and only
// for MaxStale.
//
// Single flight. However many readers ask for a key that has to be loaded, there is one load. Each reader obeys
// its own context. The end of one reader's context does not end the load or the wait of another reader.
//
// Batches. Refreshes that fall due together are loaded in batches of many keys.
//
// Back-off. After a transient failure, the refreshes of all keys of the same origin wait. The wait gets longer
// with each failure. Any other failure delays only its own key. A read of a key that is not kept never waits for
// back-off.
//
// No flapping. A change is a change of content. It is reported once. The first value is not a change. A value that
// is older than the served one is ignored for Grace.
//
// Validation. Validate can refuse a changed value, and the old value stays. This holds even after the old value
// was dropped: Validate is asked about the next value too.
//
// Callbacks. The callbacks of one key run in order, one at a time. No lock is held while they run, and each call
// has a deadline. A callback that does not return does not keep others from being called.
//
// Bounds. The wait for a load and for Validate is limited, whatever they do. Another party may choose the names of
// absent keys and of absent views. Therefore they are dropped first when room is needed, and they leave when
// NegativeTTL ends. A document is parsed once for all its views, with no lock held.
//
// The hit path is a lookup and an atomic load. It reads no clock: a timer takes a value off this path when the
// value must no longer be served.
//
// DESIGN.md in this folder says how the cache keeps these promises. It describes the states of a document, the
// events that change them, and the invariants that the tests check.
//
// A cache gives the same values to every caller. Don't share one between callers with different rights.
package cache

import (
	"context"
	"hash/maphash"
	"math"
	"runtime"
	"sync"
	"sync/atomic"
	"time"

	"github.com/secretmux/secretmux/internal/spare"
)

// Cache keeps values by key. Make one with [New], and end it with [Cache.Close]. It is
// safe for concurrent use. It calls the functions of [Options] with no lock held, except
// Options.Observed.
type Cache[V any] struct {
	opts  Options[V]
	start time.Time // all moments are nanoseconds since then: they take a third of the space of a time.Time
	table atomic.Pointer[table[V]]

	ctx    context.Context //nolint:containedctx // the cache's life: Close cancels it
	cancel context.CancelFunc

	// One mutex guards what follows and all documents: everything except the hit path.
	// Methods whose names end in Locked need it. Some give it up for a while and say so.
	mu     sync.Mutex
	closed bool
	// seq numbers loads in the order in which they begin, and calls of Invalidate
	// among them. A load with a higher number may know more about the backend.
	seq uint64

	// What the timer looks at: the documents in use (schedule), and the keys that are absent.
	schedule schedule[V]
	absent   absentees[V]
	timer    alarm
	ticking  bool // tick runs, and will set the timer when it ends

	// How far the search for something to drop has come; see sweepLocked.
	sweep int
	vain  bool

	aliases  map[string]*document[V] // the first of each; see Loaded.Alias
	accepted map[string]*[16]byte    // what Validate has let pass; see rememberLocked
	overdue  map[string]int          // calls of Validate that were given up and still run, by document

	origins   map[string]*origin // only the origins that are in trouble
	terms     map[terms]*terms   // the terms that documents share
	lastTerms *terms
	spare     *more[V]      // one that a document gave back, to be used again; nil: none
	landing   *landing[V]   // one that has ended, to be used again; nil: none
	unjudged  *judgement[V] // for all outcomes that are compared with nothing

	running *Batch[V]               // the loads that run, the newest first
	bark    alarm                   // when to look whether one takes too long
	convoys map[*convoy[V]]struct{} // those with flights that wait

	ready   []*watch[V] // the watches that have something to tell
	workers int
	turns   uint64 // of callbacks

	signals   spare.Signals           // for the first reader of each load
	worker    spare.Worker[*Batch[V]] // calls Load
	loads     gauge                   // calls of Load
	calls     gauge                   // of callbacks, Validate and Observe
	ended     chan struct{}           // closed when the first Close returns
	abandoned int                     // what it returns
}

// New returns a Cache. It starts no goroutine and no timer. If an option is missing or out
// of its range, the error says so.
func New[V any](opts Options[V]) (*Cache[V], error) {
	if err := opts.check(); err != nil {
		return nil, err
	}
	c := &Cache[V]{
		opts: opts, start: time.Now(), ended: make(chan struct{}),
		aliases: map[string]*document[V]{}, accepted: map[string]*[16]byte{}, overdue: map[string]int{},
		unjudged: &judgement[V]{}, origins: map[string]*origin{}, terms: map[terms]*terms{}, convoys: map[*convoy[V]]struct{}{},
	}
	c.timer.call, c.bark.call = c.tick, c.endLoads
	c.worker.Do, c.worker.Keeps = (*Batch[V]).fly, !spare.InBubble(c.start)
	// It begins small, because a program may have many caches, and it grows with its content.
	c.table.Store(newTable[V](maphash.MakeSeed(), smallestTable))
	c.ctx, c.cancel = context.WithCancel(context.Background()) //nolint:gosec // Close cancels it
	return c, nil
}

// Get returns the value of key, and loads it if none is kept. If ctx ends while Get
// waits for a load, Get returns ctx's error, and the load goes on. The other errors are
// those of the loader and of View, [ErrClosed], [ErrTimeout] and [ErrPanic]. The error is
// [ErrRefused] if Validate refused the new value and the old one may not be served: it
// is gone, or was dropped.
func (c *Cache[V]) Get(ctx context.Context, key string) (V, error) {
	e := c.table.Load().find(key)
	if e != nil {
		if v := e.hot.Load(); v != nil {
			return *v, nil
		}
	}
	v, _, err := c.get(ctx, key, e)
	return v, err
}

// Read is like Get. It also reports whether the answer was kept in the cache, so that
// Read did not wait for a load. A failure that is remembered counts as kept.
func (c *Cache[V]) Read(ctx context.Context, key string) (value V, cached bool, err error) {
	e := c.table.Load().find(key)
	if e != nil {
		if v := e.hot.Load(); v != nil {
			return *v, true, nil
		}
	}
	return c.get(ctx, key, e)
}

// get is the slow path. e is the entry of key that a look without the lock has found, or nil.
// readLocked looks again with the lock.
func (c *Cache[V]) get(ctx context.Context, key string, e *entry[V]) (value V, cached bool, err error) {
	if err := ctx.Err(); err != nil {
		return value, false, err
	}
	// Only two steps need the lock: finding out what there is to do, and keeping what was
	// computed. Waiting for a load and computing a view need no lock.
	r := c.resolve(key, e)
	c.mu.Lock()
	r.single = true
	if f := c.readLocked(&r); f != nil {
		f.single = true
		c.beginLocked(c.batchOf(ctx, false), f)
		r.first = f.first // it stays, as nothing lands before the lock is given up
	}
	c.mu.Unlock()
	value, err = c.answer(ctx, &r)
	return value, r.cached, err
}

// Result is the outcome for one key of [Cache.GetMany].
type Result[V any] struct {
	// Value is the zero V if Err is not nil.
	Value V
	// Err is one of the errors of [Cache.Get].
	Err error
	// Cached says that GetMany did not wait for a load of this key. See [Cache.Read].
	Cached bool
}

// GetMany is Get for many keys. It returns one Result for each of keys, in their order.
// A key may occur more than once. Keys that have to be loaded are loaded in batches. All
// views of one document come from one value of it.
func (c *Cache[V]) GetMany(ctx context.Context, keys []string) []Result[V] {
	results := make([]Result[V], len(keys))
	if err := ctx.Err(); err != nil {
		for i := range results {
			results[i].Err = err
		}
		return results
	}
	requests := c.resolveAll(keys)
	c.askAll(ctx, false, requests, c.readLocked)
	for i := range requests {
		r := &requests[i]
		results[i].Value, results[i].Err = c.answer(ctx, r)
		results[i].Cached = r.cached
	}
	return results
}

// yieldLocked gives up the lock for a moment, and reports events meanwhile.
func (c *Cache[V]) yieldLocked(events []Event[V]) {
	if c.opts.Observe == nil || len(events) == 0 {
		c.mu.Unlock()
		runtime.Gosched() // so that a caller that waits for the lock comes first
		c.mu.Lock()
		return
	}
	// Counted before the lock is given up, so that Shutdown waits for it.
	c.calls.n++
	defer func() { c.calls.done() }()
	c.unlockedLocked(func() {
		for _, e := range events {
			c.observe(e)
		}
	})
}

// unlockedLocked runs call, which calls the user's functions, without the lock. It takes the
// lock again even if one of them ends the goroutine, because its caller will release it.
func (c *Cache[V]) unlockedLocked(call func()) {
	c.mu.Unlock()
	// Deferred: otherwise the caller's own deferred Unlock would meet a mutex that is not
	// locked.
	defer c.mu.Lock()
	call()
}

// now is the present moment, by a clock that can't be set back.
func (c *Cache[V]) now() int64 { return int64(time.Since(c.start)) }

// now is the moment of the decision. Only lookLocked, decideLocked and what they call may use it. It looks at
// the clock at its first call only: most first values don't call it, and the look is a thirtieth of a cold read.
func (x *landing[V]) now() int64 {
	if x.at == 0 {
		x.at = x.batch.cache.now()
	}
	return x.at
}

// moment is a moment of this cache's clock as a time.
func (c *Cache[V]) moment(at int64) time.Time { return c.start.Add(time.Duration(at)) }

// since is how long ago a moment of this cache's clock was.
func (c *Cache[V]) since(moment int64) time.Duration { return time.Duration(c.now() - moment) }

// after is moment + d. It is the latest moment there is if that overflows: durations may be endless.
func after(moment, d int64) int64 {
	if d > 0 && moment > math.MaxInt64-d {
		return math.MaxInt64
	}
	return moment + d
}

// alarm is a timer that is set for the earliest of many moments. Its function handles all that
// is due by then and sets it again. An alarm that comes too early does no harm. So it is set
// anew only for a moment that is nearer than the one it has.
type alarm struct {
	timer *time.Timer
	call  func()
	at    int64
	isSet bool
}

func (a *alarm) set(at int64, now func() int64) {
	// It may come too early: its function looks at the clock, and sets it again. Moving it back
	// each time would cost a call of the runtime for most loads.
	if a.isSet && a.at <= at {
		return
	}
	a.at, a.isSet = at, true
	wait := time.Duration(at - now())
	if a.timer == nil {
		a.timer = time.AfterFunc(wait, a.call)
	} else {
		a.timer.Reset(wait)
	}
}

func (a *alarm) stop() {
	if a.isSet {
		a.timer.Stop()
		a.isSet = false
	}
}
