package cache

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"
)

// Options configures a [Cache]. Load, Equal and TTL are required. The zero value of any other
// field switches its feature off, except for the fields that name another default.
type Options[V any] struct {
	// Load loads the keys of b. It hands over the outcome of each key with [Batch.Settle] as
	// soon as it knows the outcome. It must be safe for concurrent use, and should obey ctx.
	// ctx has the values of the caller's context, and ends at Timeout and at Close. A key that
	// is not settled when Load returns has failed. If Load panics, the failure is ErrPanic.
	Load func(ctx context.Context, b *Batch[V])
	// Late returns the outcome of a key that Load has not settled in time, if Load still runs.
	// The readers of the key wait for Late, so it must return at once. If Late is nil or
	// panics, the outcome is the failure ErrTimeout.
	Late func(key string) Loaded[V]
	// Equal reports whether two values have the same content. If Equal, Older, Judge or Digest
	// panics, the load, the call of a callback or the Renew that needed it fails with ErrPanic.
	Equal func(a, b V) bool
	// TTL is how old a served value may be. Negative means that no value is kept. Zero is an
	// error.
	TTL time.Duration
	// MaxStale is how long a value is served after its TTL, if the last load failed with
	// [VerdictTransient]. Zero means not at all. Negative is an error.
	MaxStale time.Duration
	// NegativeTTL is how long a [VerdictGone] failure is remembered. Zero and negative mean
	// not at all.
	NegativeTTL time.Duration
	// Timeout limits one load of up to 16 keys, and one call of Validate. A load of up to 32
	// keys may take twice as long, and so on. Zero means 10 seconds. Negative is an error. The
	// cache waits a tenth longer, at most half a second more, for an answer that comes late.
	Timeout time.Duration
	// CallbackTimeout is when the context of one call of a callback ends. The callbacks of up
	// to 32 keys run at a time. A call that goes on after its timeout is no longer counted.
	// Zero means one minute. Negative means that there is no deadline.
	CallbackTimeout time.Duration
	// Grace is how long a value that is Older than the served one is ignored. It counts from
	// the moment when an older value was first seen. Refresh ignores no value. Zero and
	// negative mean that no value is ignored.
	Grace time.Duration
	// Jitter is the part of the TTL over which refreshes are spread. Zero means 0.1. Negative
	// means none. More than 0.5 is an error.
	Jitter float64
	// MaxEntries is how many keys are kept. A document counts, and so does each of its views.
	// If there are more, keys that were not read for a long time are dropped. Watched keys are
	// never dropped. Zero means no limit. Negative is an error.
	MaxEntries int
	// View says which document is loaded for a key, and project computes the key's value from
	// the document's value. If project is nil, Parse computes it. If Parse is nil too, the
	// key has the document's own value. The key of a document must map to itself, and the
	// answer for a key must never change. View must be safe for concurrent use. The caller gets
	// its error, and nothing is kept. A panic of View or project becomes ErrPanic. If View is
	// nil, each key is a document.
	View func(key string) (document string, project func(V) (V, error), err error)
	// Follows returns the keys of the documents that are likely to change when the content of
	// key changes. Those that are kept or watched are then loaded in the background. Nil means
	// that there are none, and so does a panic.
	Follows func(key string) []string
	// Parse is called once for each value of a document, when the first view of it is needed.
	// It returns a function that gets the key of a view and computes the view. That is for
	// views for which View returned a nil project. Both functions may be slow. Several
	// goroutines call them at a time. A panic in them becomes ErrPanic.
	Parse func(document V) (view func(key string) (V, error))
	// Older reports whether candidate was made before current. Nil means that no value is
	// older.
	Older func(candidate, current V) bool
	// Judge says what a failed load means for the value that is kept. Nil means that every
	// failure is [VerdictFailed].
	Judge func(err error) Verdict
	// Validate refuses the changed value of a document if it returns an error or panics. Its
	// ctx ends at Timeout and at Close. If it does not return in time, the value is refused.
	// Until it returns, each further change of that document is refused without a call. Calls
	// may run concurrently. Nil accepts every value.
	Validate func(ctx context.Context, c Change[V]) error
	// Digest lets the cache remember the last accepted value of a document after the value
	// itself was dropped, for at most MaxEntries such documents. If the same value comes back,
	// Validate is not asked again. If Digest is nil, Validate is asked about every value that
	// comes back. Digest should be keyed, so that nobody can learn a value from its digest.
	Digest func(V) [16]byte
	// Observe is called for each event, by several goroutines at a time. A panic in it is
	// ignored. Nil costs nothing.
	Observe func(Event[V])
	// Observed reports whether Observe needs events now. While it returns false, no event is
	// made. It is called with the cache's lock held. So it must return at once, must not use
	// the cache and must not panic. Nil means always.
	Observed func() bool
}

const (
	defaultTimeout = 10 * time.Second
	defaultJitter  = 0.1

	defaultCallbackTimeout = time.Minute

	// How many keys of a batch share one Timeout: a loader without a batch call of
	// its own reads that many at a time.
	perTimeout = 16
	// The most time that a call which honours its context gets after its timeout, to return.
	maxGrace = 500 * time.Millisecond

	maxBatch = 100
	// How many batches of one call load at a time: a backend that limits its callers
	// must still have room for others.
	maxLoads = 4

	retryFirst = time.Second
	retryLimit = time.Minute

	// Above it, the cache forgets origins and terms that are not needed. A program has a few of them.
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
	// A batch that a loader reads key by key must not fail because of its size.
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

// older is false if there is no Grace: then no value is ignored because of its age.
func (o *Options[V]) older(candidate, current V) bool {
	// So Older is not called if its answer would change nothing.
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

// caught turns a panic into ErrPanic. It must be deferred itself: recover does nothing in a
// function that a deferred function calls.
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

// guard calls judge, which calls the user's functions. When one of them panics, x becomes a
// failure. When one ends the goroutine, another goroutine goes on with that failure: the readers
// must not wait for ever.
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

// validate calls Validate. It waits only until the time for that is over, whatever Validate
// does, because readers wait for the load. A Validate that is late is not called again about the
// same document before it has returned. Calls that are in time may overlap, as loads of one
// document may.
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
		// Validate may have returned while this waited for the lock. Then it is not overdue, and
		// the value is refused only because the time was over.
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

// callbackTimeout is zero if a callback has no deadline.
func (o *Options[V]) callbackTimeout() time.Duration {
	if o.CallbackTimeout == 0 {
		return defaultCallbackTimeout
	}
	return max(o.CallbackTimeout, 0)
}

// Backoff returns the pause after attempt consecutive failures. The pause is first after one
// failure. It doubles with each further failure, up to limit. The second half of the pause is
// random, so that many processes don't return at once: the result is between half of the pause
// and the whole pause. Attempts below 1 count as 1, and negative durations as zero.
func Backoff(attempt int, first, limit time.Duration) time.Duration {
	pause := max(min(first, limit), 0)
	for ; attempt > 1 && pause > 0 && pause < limit; attempt-- {
		pause += min(pause, limit-pause) // twice as long, without an overflow
	}
	half := pause / 2
	return half + rand.N(pause-half+1) //nolint:gosec // jitter needs no secrecy
}
