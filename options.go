package secretmux

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"errors"
	"log/slog"
	"math"
	"strconv"
	"sync"
	"time"

	"github.com/secretmux/secretmux/cache"
	"github.com/secretmux/secretmux/internal/jsonobject"
)

// The defaults of [Options].
// The defaults are not exported: a program that needs a certain figure writes it down,
// and a default can change.
const (
	defaultTTL             = 5 * time.Minute
	defaultNegativeTTL     = 5 * time.Second
	defaultGrace           = time.Minute
	defaultMaxEntries      = 1 << 17
	defaultCallbackTimeout = time.Minute
)

// Options says how a [Store] keeps its answers. The zero Options are good.
// Options are copied; changing them later has no effect.
type Options struct {
	// TTL is how old a served value may be while the backend answers. A link's
	// ttl= and a provider's Meta.TTL come first. Zero means 5
	// minutes. Negative keeps nothing, whatever a provider advises: each Get
	// reads the backend, and only concurrent reads of one name share a call.
	TTL time.Duration
	// MaxStale is for how long past its TTL a value is served while the backend
	// is unavailable or throttles, and after no other failure. A link's stale=
	// comes first. Zero means not at all. Negative is ErrInvalid.
	MaxStale time.Duration
	// NegativeTTL is how long "not found", "disabled" and "denied" are
	// remembered. Zero means 5 seconds. Negative remembers
	// nothing.
	NegativeTTL time.Duration
	// Timeout limits one load through all links. Zero means the sum of the links'
	// own timeouts. A provider that is not a link of a config string has this as
	// its own timeout; without it, 10 seconds. Negative is ErrInvalid.
	Timeout time.Duration
	// CallbackTimeout is how long the context of one call of a rotation callback
	// lasts. A call that ignores its end is counted no longer among those that
	// may run at a time, and Check tells. Zero means 1 minute. Negative means
	// that only the end of the store ends it.
	CallbackTimeout time.Duration
	// Grace is for how long a version older than the one served is taken for a
	// replica that lags behind, and ignored. Refresh does not ignore it. Zero
	// means 1 minute. Negative means that it is never ignored.
	Grace time.Duration
	// Jitter is the part of the TTL over which background refreshes are spread,
	// so that the processes of a fleet don't read together. Zero means 0.1.
	// Negative means none; over 0.5 is ErrInvalid.
	Jitter float64
	// MaxEntries is how many references are kept, those with a #field too; beyond
	// it, the ones not read for the longest time are dropped, never watched ones. Zero means
	// 131,072. Negative is ErrInvalid.
	MaxEntries int
	// Validate is asked before a changed value replaces the one served. It sees
	// the whole secret: Rotation.Ref has no #field. While it returns an error,
	// the old value stays, Status and Observer show the refusal, and the new one
	// is tried again with back-off. It is not asked about the first value of a
	// secret, but what was accepted is remembered: where the old value is not kept
	// any more (after Invalidate, an outage, a denial, with a negative TTL), it is
	// asked with a zero Rotation.Old, and a value that it refuses is ErrRefused.
	// Validate gets as long as a load. A panic counts as a refusal. Nil accepts all.
	Validate func(ctx context.Context, r Rotation) error
	// Logger gets names, sources, versions and classes, never values. Nil
	// discards.
	Logger *slog.Logger
	// Observer is called at each event. See also [Store.Observe].
	Observer Observer
	// OnRead is called once for each reference that a caller reads by Get,
	// GetVersion, GetMany, GetAll, Preload and Watch, with the caller's ctx: when it
	// was answered from what is kept, and when it failed, too. Not for Live.Current,
	// which has no ctx. It must be quick and safe for concurrent use. A panic in it
	// is swallowed. Nil costs nothing.
	OnRead func(ctx context.Context, r Read)
}

// check returns all mistakes at once. Options often come from flags, and each run shows
// only what it is told.
func (o Options) check() error {
	var errs []error
	refuse := func(bad bool, problem, hint string) {
		if bad {
			errs = append(errs, invalid("new store", problem, hint))
		}
	}
	refuse(o.MaxStale < 0, "Options.MaxStale is negative", "zero never serves stale values")
	refuse(o.Timeout < 0, "Options.Timeout is negative", "zero takes the links' timeouts")
	refuse(o.Jitter > 0.5 || math.IsNaN(o.Jitter), "Options.Jitter is over 0.5 or not a number", "zero takes the default")
	refuse(o.MaxEntries < 0, "Options.MaxEntries is negative", "zero takes the default")
	for _, d := range []struct {
		field           string
		value, shortest time.Duration
	}{
		// A bare number in a time.Duration is nanoseconds: TTL: 300 would read the
		// backend all the time.
		{"TTL", o.TTL, shortestTTL},
		{"MaxStale", o.MaxStale, shortestTTL},
		{"NegativeTTL", o.NegativeTTL, shortestTTL},
		{"Grace", o.Grace, shortestTTL},
		{"Timeout", o.Timeout, shortestTimeout},
		{"CallbackTimeout", o.CallbackTimeout, shortestTimeout},
	} {
		refuse(d.value > 0 && d.value < d.shortest, "Options."+d.field+" is "+d.value.String(),
			"the least is "+d.shortest.String()+"; a number needs a unit, as in 300*time.Second")
	}
	return errors.Join(errs...)
}

// The functions below replace zero by the default. Negative values go on to the cache,
// where they have a meaning.
func (o Options) callbackTimeout() time.Duration {
	if o.CallbackTimeout == 0 {
		return defaultCallbackTimeout
	}
	return o.CallbackTimeout
}

func (o Options) ttl() time.Duration {
	if o.TTL == 0 {
		return defaultTTL
	}
	return o.TTL
}

func (o Options) negativeTTL() time.Duration {
	if o.NegativeTTL == 0 {
		return defaultNegativeTTL
	}
	return o.NegativeTTL
}

func (o Options) grace() time.Duration {
	if o.Grace == 0 {
		return defaultGrace
	}
	return o.Grace
}

func (o Options) maxEntries() int {
	if o.MaxEntries == 0 {
		return defaultMaxEntries
	}
	return o.MaxEntries
}

func (o Options) logger() *slog.Logger {
	if o.Logger == nil {
		return slog.New(slog.DiscardHandler)
	}
	return o.Logger
}

// cacheOptions is where the store meets the cache. The cache knows nothing of secrets:
// whatever it has to know about a value, it asks one of these functions.
func (s *Store) cacheOptions() cache.Options[Secret] {
	o := cache.Options[Secret]{
		Load: s.load, Late: s.late, View: viewOf, Parse: fieldsOf, Equal: Secret.Equal, Older: older, Judge: judge, Follows: follows,
		TTL: s.opts.ttl(), MaxStale: s.opts.MaxStale, NegativeTTL: s.opts.negativeTTL(),
		Timeout: s.timeout, CallbackTimeout: s.opts.CallbackTimeout,
		Grace: s.opts.grace(), Jitter: s.opts.Jitter, MaxEntries: s.opts.maxEntries(),
		Observe: s.report, Observed: s.events.listen.Load,
	}
	// Without Validate nothing is remembered of a value that is gone, not even a
	// digest.
	if s.opts.Validate != nil {
		o.Validate, o.Digest = s.validate, digest
	}
	return o
}

// viewOf maps a reference to the document that one fetch answers. What the field of it
// is, fieldsOf says.
//
// The document is the same for all fields, so that they share one load, one TTL and one
// version.
func viewOf(ref string) (document string, project func(Secret) (Secret, error), err error) {
	r, err := ParseRef(ref)
	return r.document(), nil, err
}

// fieldsOf parses a document once for all references to its fields.
//
// A document of a megabyte with a hundred fields would be parsed a hundred times
// otherwise, after each refresh.
func fieldsOf(doc Secret) func(ref string) (Secret, error) {
	parse := sync.OnceValues(func() (jsonobject.Object, error) { return jsonobject.Parse(doc.raw()) })
	return func(ref string) (Secret, error) {
		r, err := ParseRef(ref)
		if err != nil {
			return Secret{}, err
		}
		if r.Field == "" { // name?version=current is another way to write name
			return doc, nil
		}
		fields, broken := parse()
		return doc.fieldIn(fields, broken, r.Field)
	}
}

// digest is what the cache remembers of a value that Validate let pass. It is
// keyed, so that short secrets can't be tried out against it.
func digest(s Secret) (short [16]byte) {
	mac := hmac.New(sha256.New, versionKey())
	mac.Write(s.raw())
	copy(short[:], mac.Sum(nil))
	return short
}

// follows names the document that changes with another: what is the previous
// version after a rotation is another one than before.
//
// The other way round there is nothing to do: an old version does not change, and says
// nothing about the current one.
func follows(document string) []string {
	if r, err := ParseRef(document); err == nil && r.Version == "" {
		return []string{Ref{Name: r.Name, Version: VersionPrevious}.String()}
	}
	return nil
}

// judge tells the cache what a failure means for the value that it keeps.
//
// It is the rule of stale values: only what may pass by itself lets the old value live
// on. A denied secret is over at once, however much that hurts, or a revoked role would
// work until MaxStale ends.
func judge(err error) cache.Verdict {
	if errors.Is(err, cache.ErrTimeout) {
		return cache.VerdictTransient
	}
	switch ClassOf(err) {
	case ErrNotFound, ErrDisabled, ErrDenied:
		return cache.VerdictGone
	case ErrUnavailable, ErrThrottled:
		return cache.VerdictTransient
	}
	// Anything else is a failure of this read: it neither proves that the secret is
	// gone nor that waiting helps.
	return cache.VerdictFailed
}

// older reports whether candidate was made before current, as far as their
// backend says: eventually consistent ones answer with the past now and then.
func older(candidate, current Secret) bool {
	// Versions and dates of two backends have nothing to do with each other.
	if candidate.Source() != current.Source() {
		return false
	}
	// Dates come first, as ids often do not grow. Equal dates prove nothing: some
	// backends have them by the second.
	a, b := candidate.Created(), current.Created()
	if !a.IsZero() && !b.IsZero() && !a.Equal(b) {
		return a.Before(b)
	}
	v, okV := number(candidate.Version())
	w, okW := number(current.Version())
	return okV && okW && v < w
}

// number reads a version that counts up. Longer ids are digests that happen to
// have no letters.
func number(version string) (uint64, bool) {
	// Fifteen digits fit an integer with room to spare, and no counter of versions gets
	// there.
	if len(version) > 15 {
		return 0, false
	}
	n, err := strconv.ParseUint(version, 10, 64)
	return n, err == nil
}
