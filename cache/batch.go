package cache

import (
	"sync"
	"time"
)

// Purpose is why a document is loaded.
type Purpose uint8

// The purposes of a load.
const (
	PurposeRead    Purpose = iota // a reader waits for it
	PurposeRefresh                // in the background: it is due, or a call such as Renew or Expect asked for it
	PurposeForce                  // Refresh asked for it
)

// Batch is one call of [Options.Load]. It has the keys to load, and takes their outcomes.
type Batch[V any] struct {
	// Keys are the keys of the documents to load: at most 100, each once. Don't change them.
	Keys []string
	// Purpose is why the documents are loaded.
	Purpose Purpose
	// Pass says that a caller asked for this load, with Refresh or Renew. If the loader
	// remembers an outage, it must try all the same.
	Pass bool

	ended   bool // its time was over; guarded by Cache.mu
	telling bool // a goroutine calls Observe for it; guarded by Cache.mu
	owes    bool // it has events to tell, and Shutdown waits for them; guarded by Cache.mu

	cache  *Cache[V]
	life   life
	began  int64
	convoy *convoy[V] // nil for a load of its own
	// It is drawn once for the batch. With a draw of its own, each key would fall due by itself
	// and cost a call of its own.
	jitter float64 // in [0, 1): one for the batch, so that its keys stay together

	// Guarded by Cache.mu.
	flights       []*flight[V] // of Keys; nil once the loader has returned
	sooner, later *Batch[V]    // its neighbours in the list of batches that run
	endsAt        int64        // when to end life, and once it has ended, when to give up
	grace         int64        // the time between those two moments
	events        []Event[V]   // not told yet
	soon          *time.Timer  // when to tell them, if the loader has not returned by then

	// The usual batch has one key, which then needs no slices of its own.
	key    [1]string
	flight [1]*flight[V]
}

// openLocked returns the keys that are not settled. Once the loader has returned there are
// usually none.
func (b *Batch[V]) openLocked() (open []int) {
	// Once the batch has ended, flights is nil, and there is nothing open.
	for i, f := range b.flights {
		if !f.landed {
			open = append(open, i)
		}
	}
	return open
}

// giveUp settles the keys whose loader did not answer in time, and tells of it.
func (b *Batch[V]) giveUp() {
	b.cache.mu.Lock()
	open := b.openLocked()
	b.cache.mu.Unlock()
	// Without the lock: Settle takes it, and Late is the user's function.
	var all sync.WaitGroup
	for _, i := range open { // each in a goroutine, which Late may end
		all.Go(func() { b.giveUpOne(i) })
	}
	all.Wait()
	b.cache.tell(b)
}

func (b *Batch[V]) giveUpOne(i int) {
	l := Loaded[V]{Err: ErrTimeout}
	// Deferred, so that readers are let go also if Late panics or ends this goroutine.
	defer func() { _ = recover(); b.Settle(i, l) }()
	if late := b.cache.opts.Late; late != nil {
		l = late(b.Keys[i])
	}
}

// tellSoon is how long events wait for others of their batch. Most batches have ended by then,
// and the goroutine that loaded them tells their events.
const tellSoon = 10 * time.Millisecond

// reportLocked sees to it that the events of a batch are told: when its loader is done, or after
// tellSoon if the loader takes longer. There is no goroutine for each key: a hundred thousand
// keys may be loaded in a row, and a reader's goroutine would wait behind all of theirs.
func (c *Cache[V]) reportLocked(b *Batch[V], events []Event[V]) {
	if c.opts.Observe == nil || c.closed || len(events) == 0 {
		return
	}
	// They are kept in the order in which they were decided, under the lock.
	b.events = append(b.events, events...)
	if !b.owes {
		// It is counted once; toldLocked takes it back.
		b.owes = true
		c.calls.n++ // counted now: a reader that is let go may call Shutdown before tell begins
	}
	// Where the loader has returned, it will not come back to tell them.
	if (len(b.Keys) > 1 || b.flights == nil) && !b.telling && b.soon == nil {
		b.soon = time.AfterFunc(tellSoon, func() { c.tell(b) })
	}
}

// tell reports the events of a batch one at a time and in order, even if several goroutines
// bring events.
func (c *Cache[V]) tell(b *Batch[V]) {
	if c.opts.Observe == nil {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if b.soon != nil {
		b.soon.Stop()
		b.soon = nil
	}
	// The goroutine that tells already looks again before it ends, so it tells these events too.
	if b.telling {
		return
	}
	// Set before yieldLocked gives up the lock, so that no other goroutine begins to tell meanwhile.
	b.telling = true
	defer c.toldLocked(b)
	// The same goroutine then tells what came while Observe ran. So all is told one at a time
	// and in order.
	for len(b.events) > 0 {
		events := b.events
		b.events = nil
		c.yieldLocked(events)
	}
}

// toldLocked notes that no call of Observe for b runs any more. It is also called if Observe has
// ended the goroutine. Another goroutine then tells what came meanwhile.
func (c *Cache[V]) toldLocked(b *Batch[V]) {
	b.telling = false
	switch {
	case len(b.events) > 0:
		go c.tell(b)
	case b.owes:
		b.owes = false
		c.calls.done()
	}
}

func (c *Cache[V]) observe(e Event[V]) {
	// It is called by goroutines of the cache, where a panic would end the program.
	defer func() { _ = recover() }() // there is nobody to tell
	c.opts.Observe(e)
}

// Loaded is the outcome of loading one key.
type Loaded[V any] struct {
	Value V
	// Err says why there is no Value. Nil means that there is one.
	Err error
	// Origin names the place where the value or the failure came from. Keys of the same
	// origin share their back-off. The empty name is an origin like any other.
	Origin string
	// TTL and MaxStale, if not nil, replace those of Options. A TTL of zero or less
	// means that the value is not kept.
	TTL, MaxStale *time.Duration
	// Expires is when the value ends, even before its TTL. Zero means never. A time before
	// the load began is ignored, and the value is served for its usual TTL.
	Expires time.Time
	// RetryAt is when to load again after a [VerdictTransient] failure, for example because a
	// throttle ends then. If it is zero or has passed, the cache's own back-off decides.
	RetryAt time.Time
	// NotBefore is the earliest time at which it is useful to load again after such a
	// failure. The cache's own back-off does not end before it. Zero means no such time.
	NotBefore time.Time
	// LookAgain is how long after a [VerdictGone] failure a watched key is loaded again.
	// Zero or negative means that the cache's own back-off decides.
	LookAgain time.Duration
	// Alias is another name for the document, such as the backend's own. [Cache.Expect]
	// finds the document by it. Several documents may share one. Empty means none.
	Alias string
}

// Verdict is what a failed load means for the value that is kept.
type Verdict int

// The verdicts.
const (
	// VerdictFailed keeps the value until its TTL ends.
	VerdictFailed Verdict = iota
	// VerdictTransient keeps the value until its TTL ends and for MaxStale after that.
	// It delays the refreshes of all keys of its origin.
	VerdictTransient
	// VerdictGone drops the value at once and remembers the failure for
	// NegativeTTL.
	VerdictGone
)

// failure is an error that can't be assigned another value. Any package could set a variable to
// another error, and errors.Is would then never find this one.
type failure string

// Error returns the text.
func (f failure) Error() string { return string(f) }

// The errors of this package.
const (
	// ErrClosed is the error of a call on a closed cache or on a stopped Handle.
	ErrClosed = failure("cache: closed")
	// ErrRefused says that Validate refused a value. The error also wraps Validate's own.
	ErrRefused = failure("cache: the new value was refused")
	// ErrPanic says that a callback or a function of Options panicked. It does not have the
	// value of the panic, because that may hold a secret.
	ErrPanic = failure("cache: a function panicked")
	// ErrTimeout says that the loader did not settle a key in time, or, below ErrRefused,
	// that Validate did not return in time.
	ErrTimeout = failure("cache: the loader did not answer in time")

	errUnsettled = failure("cache: the loader did not answer the key")
)

// liveLocked sets until when a value is served, and reports whether it is kept at
// all.
func (c *Cache[V]) liveLocked(x *landing[V]) (keep bool) {
	d := x.doc
	ttl, maxStale := c.opts.TTL, c.opts.MaxStale
	if x.TTL != nil {
		ttl = *x.TTL
	}
	if x.MaxStale != nil {
		maxStale = *x.MaxStale
	}
	d.terms = c.termsLocked(terms{x.Origin, int64(max(ttl, 0)), int64(max(maxStale, 0))})
	d.loadedAt, d.held = x.batch.began, false
	// A value shows that its origin is well. After d.held is cleared, so that d is not woken with the others.
	c.wellLocked(x)
	if ttl <= 0 {
		d.expiresAt, d.refreshAt = 0, 0
		return false
	}
	// When Expires comes near, loads must not come faster and faster. So the next one waits at
	// least for pace, which is computed from the TTL before Expires shortens it.
	pace := min(ttl/5*2, retryFirst)
	// A refresh has to end before the TTL does. It begins a tenth of the TTL before that, or
	// twice the time that this load took if that is more; and the jitter makes it earlier still.
	took := c.tookLocked(x, ttl)
	if !x.Expires.IsZero() {
		// An Expires that had passed when the load began is ignored. One that has passed since ends the value.
		if left := time.Until(x.Expires) + took; left > 0 {
			ttl = min(ttl, left)
		}
	}
	lead := max(ttl/10, 2*took) + time.Duration(x.batch.jitter*c.opts.jitter()*float64(ttl))
	d.expiresAt = after(d.loadedAt, int64(ttl))
	// At most three fifths of the TTL early. Otherwise, if a load takes as long as the TTL,
	// refreshes would follow each other without a pause.
	d.refreshAt = max(d.expiresAt-int64(min(lead, ttl/5*3)), after(d.loadedAt, int64(pace)))
	return true
}

// tookLocked is how long a load took. It does not look at the clock and returns zero if twice
// the longest time that the load can have taken is less than a tenth of the TTL.
func (c *Cache[V]) tookLocked(x *landing[V], ttl time.Duration) time.Duration {
	b := x.batch
	longest := time.Duration(after(b.endsAt-b.began, b.grace)) // either may be endless
	// A value that was judged may have waited for Validate, whose time is not part of longest.
	if x.judgement == c.unjudged && x.Expires.IsZero() && longest < ttl/20 {
		return 0
	}
	return time.Duration(x.now() - b.began)
}

// termsLocked returns the one copy of t that all documents with equal terms share.
func (c *Cache[V]) termsLocked(t terms) *terms {
	// Nearly all secrets of a program have equal terms, and this costs less than a look-up in a
	// map.
	if c.lastTerms != nil && *c.lastTerms == t {
		return c.lastTerms
	}
	shared := c.terms[t]
	if shared == nil {
		if len(c.terms) >= manyOrigins { // documents keep the terms that they use
			clear(c.terms)
		}
		shared = new(terms)
		*shared = t // a pointer to t itself would cost an allocation for each load
		c.terms[t] = shared
	}
	c.lastTerms = shared
	return shared
}
