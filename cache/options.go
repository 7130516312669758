package cache

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"
)

// Options configures a [Cache]. Load, Equal and TTL are required; each other
// zero value switches its feature off, except Timeout, Jitter and MaxEntries.
type Options[V any] struct {
	// Load reads the keys of b, which holds none twice, and hands over the outcome
	// of each with [Batch.Settle] as soon as it is known. It should honour ctx,
	// which ends at Timeout and at Close, and must be safe for concurrent use. A
	// panic in it fails the keys that are not settled.
	Load func(ctx context.Context, b *Batch[V])
	// Late, when it is not nil, is the outcome of a key that Load had not settled when
	// the time for it was over; nil makes it a failure with ErrTimeout. It is called
	// before the key's readers are let go, and must return at once. A panic in it is
	// as nil.
	Late func(key string) Loaded[V]
	// Equal reports whether two values have the same content. A panic in it, in
	// Older, Judge or Digest makes the load fail, or the call of a callback.
	Equal func(a, b V) bool
	// TTL is how old a served value may be. Negative keeps nothing.
	TTL time.Duration
	// MaxStale is for how long past its TTL a value is served after a
	// [VerdictTransient] failure. Negative is an error.
	MaxStale time.Duration
	// NegativeTTL is how long a failure that is [VerdictGone] is remembered. Negative
	// is zero: not at all.
	NegativeTTL time.Duration
	// Timeout limits one load of a single key; each further 16 keys of a batch
	// add another Timeout. Zero means 10 seconds. Negative is an error.
	Timeout time.Duration
	// CallbackTimeout is the deadline of the context of one call of a callback.
	// One that runs on after it no longer counts among the 32 that may run. Zero
	// means one minute, negative none.
	CallbackTimeout time.Duration
	// Grace is how long a value that is Older than the served one is ignored,
	// counted from when it was first seen. Negative means zero: it is not
	// ignored.
	Grace time.Duration
	// Jitter is the part of the TTL over which refreshes are spread. Zero means
	// 0.1, negative none; over 0.5 is an error.
	Jitter float64
	// MaxEntries is how many keys are kept. Beyond it, keys that were not read
	// for long are dropped, but never watched ones. Zero means no limit.
	// Negative is an error.
	MaxEntries int
	// View maps a key that callers use to the document that is loaded for it,
	// and tells how to get the key's value from the document's. A nil project
	// leaves that to Parse; without a Parse it is the document's own value. A nil
	// View makes each key its own document. An error is returned to the caller and
	// nothing is kept. A document's own key must map to itself. A panic of View or
	// project becomes an error.
	View func(key string) (document string, project func(V) (V, error), err error)
	// Follows returns the keys of documents that are likely to change when the
	// content of key does. Those of them that are kept or watched are then loaded
	// in the background. Nil means none.
	Follows func(key string) []string
	// Parse, when it is not nil, is called once for each value of a document that a
	// view is needed of, and returns what computes the views for which View returned
	// a nil project, by their keys. Both may take their time, and are called with no
	// lock held, by several goroutines at a time. A panic in them becomes an error.
	Parse func(document V) (view func(key string) (V, error))
	// Older reports whether candidate was made before current. Nil never does.
	Older func(candidate, current V) bool
	// Judge tells what a failed load means for the value that is kept. Nil makes
	// every failure [VerdictFailed].
	Judge func(err error) Verdict
	// Validate can refuse the changed value of a document. It has as long as a
	// load; one that takes longer has refused, and is not called again about that
	// document before it returns. A panic in it is a refusal. Nil accepts all.
	Validate func(ctx context.Context, c Change[V]) error
	// Digest, when it is not nil, lets the cache remember what Validate let pass:
	// the digest of what was accepted last, even after the value itself was
	// dropped, and then of at most MaxEntries documents. So a value that comes
	// back is only asked about when it is another one. Without Digest each that
	// comes back is. It should be keyed, so that a value can't be learned from
	// its digest.
	Digest func(V) [16]byte
	// Observe is called at each event with no lock held, by several goroutines
	// at a time. A panic in it is ignored. Nil costs nothing.
	Observe func(Event[V])
	// Observed reports whether Observe has somewhere to pass an event on to. While it
	// returns false, no event is made. It is called with the cache's lock held, so it
	// must return at once and not use the cache. Nil means always.
	Observed func() bool
}

const (
	defaultTimeout = 10 * time.Second
	defaultJitter  = 0.1

	defaultCallbackTimeout = time.Minute

	// How many keys of a batch share one Timeout: a loader without a batch call of
	// its own reads that many at a time.
	perTimeout = 16
	// The most that what honours its context gets on top of its time, to say so.
	maxGrace = 500 * time.Millisecond

	maxBatch = 100
	// How many batches of one call load at a time: a backend that limits its callers
	// must still have room for others.
	maxLoads = 4

	retryFirst = time.Second
	retryLimit = time.Minute

	// Beyond it, what is kept by origin is tidied up. A program has a few of them.
	manyOrigins = 1000
)

func (o *Options[V]) check() error {
	switch {
	case o.Load == nil || o.Equal == nil:
		return errors.New("cache: Load and Equal are required")
	case o.TTL == 0:
		return errors.New("cache: TTL is zero; negative keeps nothing")
	case o.MaxStale < 0 || o.Timeout < 0 || o.MaxEntries < 0:
		return errors.New("cache: MaxStale, Timeout and MaxEntries can't be negative")
	case o.Jitter > 0.5:
		return errors.New("cache: Jitter is over 0.5")
	}
	return nil
}

// timeout is the time for a batch of so many keys.
func (o *Options[V]) timeout(keys int) time.Duration {
	one := o.Timeout
	if one == 0 {
		one = defaultTimeout
	}
	// A batch that a loader reads key by key must not fail for its size.
	return one * time.Duration(1+(keys-1)/perTimeout)
}

func (o *Options[V]) jitter() float64 {
	if o.Jitter == 0 {
		return defaultJitter
	}
	return max(o.Jitter, 0)
}

func (o *Options[V]) judge(err error) Verdict {
	if o.Judge == nil {
		return VerdictFailed
	}
	return o.Judge(err)
}

// older is false without a Grace, in which nothing is ignored for its age.
func (o *Options[V]) older(candidate, current V) bool {
	// So Older is not called where its answer changes nothing.
	return o.Older != nil && o.Grace > 0 && o.Older(candidate, current)
}

// differ asks Equal, whose panic becomes ErrPanic.
func (o *Options[V]) differ(a, b V) (differ bool, err error) {
	defer caught(&err)
	return !o.Equal(a, b), nil
}

// follows asks Follows, whose panic is not a reason to refuse a value.
func (o *Options[V]) follows(key string) (keys []string) {
	if o.Follows == nil {
		return nil
	}
	defer func() {
		if recover() != nil {
			keys = nil
		}
	}()
	return o.Follows(key)
}

// caught turns a panic into ErrPanic. It has to be what is deferred itself: in what a
// deferred function calls, recover does nothing.
func caught(err *error) {
	if recover() != nil {
		*err = ErrPanic
	}
}

// invoke calls the user's function and turns a panic into ErrPanic.
func invoke[V any](ctx context.Context, call func(context.Context, Change[V]) error, change Change[V]) (err error) {
	defer caught(&err)
	return call(ctx, change)
}

// guard calls judge, which calls the user's functions. When one of them panics, x
// becomes a failure, and when one ends the goroutine, another one goes on with that: its
// readers must not wait for ever.
func (c *Cache[V]) guard(x *landing[V], judge func(*landing[V])) {
	returned := false
	defer func() {
		panicked := recover() != nil
		if returned {
			return
		}
		// A failure that decides nothing about the value: what is kept stays for its TTL.
		x.Err, x.verdict, x.asks, x.refusal = ErrPanic, VerdictFailed, false, nil
		if !panicked {
			own := *x
			go c.arrive(&own)
		}
	}()
	judge(x)
	returned = true
}

// validate calls Validate. When the time for that is over it waits no longer,
// whatever Validate does, as readers wait for the load; and it does not call it
// about the same document again before it has returned. Calls that are in time may
// overlap, as loads of one document may.
func (c *Cache[V]) validate(change Change[V]) error {
	c.mu.Lock()
	// Otherwise a Validate that hangs would leave one goroutine more at each try.
	if c.overdue[change.Key] > 0 || c.closed {
		c.mu.Unlock()
		return ErrTimeout
	}
	c.calls.n++
	c.mu.Unlock()
	limit := c.opts.timeout(1)
	ctx, cancel := context.WithTimeout(c.ctx, limit)
	// With room for one, so that a Validate which returns late does not wait for ever.
	said := make(chan error, 1)
	late, returned := false, false // guarded by Cache.mu
	go func() {
		err := error(ErrPanic) // even if it ends the goroutine
		defer func() {
			cancel()
			c.mu.Lock()
			if returned = true; late {
				c.overdueLocked(change.Key, -1)
			}
			c.calls.done()
			c.mu.Unlock()
			said <- err
		}()
		err = invoke(ctx, c.opts.Validate, change)
	}()
	patience := time.NewTimer(limit + graceOf(limit))
	defer patience.Stop()
	select {
	case err := <-said:
		return err
	case <-patience.C:
		c.mu.Lock()
		defer c.mu.Unlock()
		// It may have returned while this waited for the lock; then it is not overdue, and
		// the refusal stands only because its time was over.
		if late = !returned; late {
			c.overdueLocked(change.Key, 1)
		}
		return ErrTimeout
	}
}

// overdueLocked counts the calls of Validate about a document that were given up
// and still run.
func (c *Cache[V]) overdueLocked(key string, n int) {
	if c.overdue[key] += n; c.overdue[key] == 0 {
		delete(c.overdue, key)
	}
}

// callbackTimeout is zero where a callback has no deadline.
func (o *Options[V]) callbackTimeout() time.Duration {
	if o.CallbackTimeout == 0 {
		return defaultCallbackTimeout
	}
	return max(o.CallbackTimeout, 0)
}

// Backoff returns the pause after attempt consecutive failures: first, doubled
// with each further failure, at most limit, of which the latter half is random,
// so that many processes don't return at once. Attempts below 1 count as 1, and
// negative durations as zero.
func Backoff(attempt int, first, limit time.Duration) time.Duration {
	pause := max(min(first, limit), 0)
	for ; attempt > 1 && pause > 0 && pause < limit; attempt-- {
		pause += min(pause, limit-pause) // twice as long, without an overflow
	}
	half := pause / 2
	return half + rand.N(pause-half+1) //nolint:gosec // jitter needs no secrecy
}
