package cache

import (
	"context"
	"math"
	"sync"
	"time"
)

// Purpose is why a document is loaded.
type Purpose int

// The purposes of a load.
const (
	PurposeRead    Purpose = iota // a reader waits
	PurposeRefresh                // it falls due, or Renew or Expect ask for it
	PurposeForce                  // Refresh
)

// Batch is one call of [Options.Load]: the keys to load, and where their outcomes
// go.
type Batch[V any] struct {
	// Keys are the documents to load, none of them twice. It must not be changed.
	Keys []string
	// Purpose is why they are loaded.
	Purpose Purpose
	// Pass says that the load must not be held back by what the loader remembers
	// of an outage: a caller asked for it, and says that it is worth a try.
	Pass bool

	ended   bool // its time was over; guarded by Cache.mu
	telling bool // a goroutine calls Observe for it; guarded by Cache.mu

	cache  *Cache[V]
	life   life
	began  int64
	convoy *convoy[V] // nil for a load of its own
	jitter float64    // in [0, 1): one for the batch, so that its keys stay together

	// Guarded by Cache.mu.
	flights       []*flight[V] // of Keys; nil once the loader has returned
	sooner, later *Batch[V]    // the list of those that run
	endsAt        int64        // when to end life, or then to give up
	grace         int64        // between the two
	events        []Event[V]   // that wait for that
	owes          bool         // it has events, for which Shutdown waits
	soon          *time.Timer  // when to tell them, if the loader has not returned by then

	// The usual batch has one key, which then needs no slices of its own.
	key     [1]string
	flight  [1]*flight[V]
	landing landing[V] // only for the goroutine that settles the key
}

// openLocked returns the keys that are not settled; none, as a rule, once the loader
// has returned.
func (b *Batch[V]) openLocked() (open []int) {
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
	var all sync.WaitGroup
	for _, i := range open { // each in a goroutine, which Late may end
		all.Go(func() { b.giveUpOne(i) })
	}
	all.Wait()
	b.cache.tell(b)
}

func (b *Batch[V]) giveUpOne(i int) {
	l := Loaded[V]{Err: ErrTimeout}
	defer func() { _ = recover(); b.Settle(i, l) }()
	if late := b.cache.opts.Late; late != nil {
		l = late(b.Keys[i])
	}
}

// Loaded is the outcome of loading one key.
type Loaded[V any] struct {
	Value V
	// Err, when it is not nil, says why there is no Value.
	Err error
	// Origin names where the value or the failure came from. Back-off is kept by
	// origin.
	Origin string
	// TTL and MaxStale come before the Options' own when they are not nil. A TTL
	// of zero or less keeps nothing.
	TTL, MaxStale *time.Duration
	// Expires is when the value ends; zero is never. A time that had passed when the
	// load began is ignored: the value is served as data, at the usual TTL.
	Expires time.Time
	// RetryAt says, of a failure that is [VerdictTransient], when to ask again: a
	// throttle ends. Zero, or a time that has passed, leaves it to the cache's own
	// back-off.
	RetryAt time.Time
	// NotBefore says, of such a failure, until when asking again is useless: a
	// gate is closed. The cache's own back-off does not end before.
	NotBefore time.Time
	// LookAgain says, of a failure that is [VerdictGone], after how long a watched
	// key is looked for again. Zero leaves it to the cache's own back-off.
	LookAgain time.Duration
	// Alias is another name by which [Cache.Expect] finds the document, as the
	// backend may have a name of its own for it. Empty means none.
	Alias string
}

// Verdict is what a failed load means for the value that is kept.
type Verdict int

const (
	// VerdictFailed keeps the value until its TTL ends.
	VerdictFailed Verdict = iota
	// VerdictTransient keeps the value until its TTL ends and for MaxStale longer,
	// and slows all keys of its origin.
	VerdictTransient
	// VerdictGone drops the value at once and remembers the failure for
	// NegativeTTL.
	VerdictGone
)

// failure is an error that can't be assigned another value.
type failure string

// Error returns the text.
func (f failure) Error() string { return string(f) }

// The errors of this package.
const (
	// ErrClosed is returned by every call on a closed cache.
	ErrClosed = failure("cache: closed")
	// ErrRefused wraps the error with which Validate refused a value.
	ErrRefused = failure("cache: the new value was refused")
	// ErrPanic is what is left of a panic of the loader, a view, Validate or a
	// callback. The panic's own value is left out: it may hold what must not be
	// logged.
	ErrPanic = failure("cache: a function panicked")
	// ErrTimeout is the failure of a key that the loader had not settled when the
	// time for it was over.
	ErrTimeout = failure("cache: the loader did not answer in time")

	errUnsettled = failure("cache: the loader did not answer the key")
)

// graceOf is how much longer than its timeout what honours its context may take to
// say so. Its own error tells more than ErrTimeout.
func graceOf(timeout time.Duration) time.Duration { return min(timeout/10, maxGrace) }

// The loads that run are a list. One timer ends those whose time is over: first
// their context, and a little later, whatever the loader does, the wait for them.
// A timer for each of them took a fifth of a cold read.

// watchdogLocked puts b into the list. The alarm stays set when b ends in time,
// as most do: to set and stop it for each load costs more than to let it come
// once for nothing.
func (c *Cache[V]) watchdogLocked(b *Batch[V]) {
	timeout := c.opts.timeout(len(b.Keys))
	b.endsAt, b.grace = after(b.began, int64(timeout)), int64(graceOf(timeout))
	b.life.deadline = c.moment(b.endsAt)
	if b.later = c.running; b.later != nil {
		b.later.sooner = b
	}
	c.running = b
	c.bark.set(b.endsAt, c.now)
}

// forgetLocked takes b out of the list. A loader may hold on to b, and must not keep
// the values with it.
func (c *Cache[V]) forgetLocked(b *Batch[V]) {
	switch {
	case b.sooner != nil:
		b.sooner.later = b.later
	case c.running == b:
		c.running = b.later
	}
	if b.later != nil {
		b.later.sooner = b.sooner
	}
	b.sooner, b.later = nil, nil
	b.flights, b.flight = nil, [1]*flight[V]{}
}

// endLoads ends the loads whose time is over.
func (c *Cache[V]) endLoads() {
	c.mu.Lock()
	c.bark.isSet = false
	var ends, givesUp []*Batch[V]
	now, next := c.now(), int64(math.MaxInt64)
	for b := c.running; b != nil; b = b.later {
		switch {
		case b.endsAt > now:
		case !b.ended:
			b.ended, b.endsAt = true, after(b.endsAt, b.grace)
			ends = append(ends, b)
		default:
			b.endsAt = math.MaxInt64
			givesUp = append(givesUp, b)
		}
		next = min(next, b.endsAt)
	}
	if next < math.MaxInt64 && !c.closed {
		c.bark.set(max(next, now+int64(time.Millisecond)), c.now) // many may end one after the other
	}
	c.mu.Unlock()
	for _, b := range ends { // without the lock: it wakes the code that made a context from it
		b.life.end(context.DeadlineExceeded)
	}
	for _, b := range givesUp {
		b.giveUp()
	}
}

// life is the context of a load: the values of who began it, and an end of its
// own. It is made for each cold read, so it does without the timer, the goroutine
// and the registration in a parent that context.WithTimeout brings.
type life struct {
	values   context.Context //nolint:containedctx // it is a context
	deadline time.Time

	mu    sync.Mutex
	done  chan struct{} // nil until it is asked for
	err   error
	after map[*func()]struct{} // see AfterFunc
}

// Deadline is when the loader must have finished.
func (l *life) Deadline() (time.Time, bool) { return l.deadline, true }

// Value returns the value of key in the context of the caller that began the
// load.
func (l *life) Value(key any) any { return l.values.Value(key) }

// Err is DeadlineExceeded when the time is over, and Canceled after Close or when
// the loader has returned.
func (l *life) Err() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.err
}

// Done makes the channel when it is first asked for. A loader that answers at once
// does not.
func (l *life) Done() <-chan struct{} {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.done == nil {
		l.done = make(chan struct{})
		if l.err != nil {
			close(l.done)
		}
	}
	return l.done
}

// AfterFunc is what package context looks for in a context that it does not know:
// without it, each context made from l would cost a goroutine.
func (l *life) AfterFunc(f func()) (stop func() bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil {
		go f()
		return func() bool { return false }
	}
	if l.after == nil {
		l.after = map[*func()]struct{}{}
	}
	l.after[&f] = struct{}{}
	return func() bool {
		l.mu.Lock()
		defer l.mu.Unlock()
		_, ok := l.after[&f]
		delete(l.after, &f)
		return ok
	}
}

// end ends the context, once. What AfterFunc was given runs apart, as its contract
// has it.
func (l *life) end(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.err != nil {
		return
	}
	if l.err = err; l.done != nil {
		close(l.done)
	}
	for f := range l.after {
		go (*f)()
	}
	l.after = nil
}
