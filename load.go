package secretmux

import (
	"cmp"
	"context"
	"errors"
	"strconv"

	"github.com/secretmux/secretmux/cache"
)

func (s *Store) cacheOptions() cache.Options[Secret] {
	o := cache.Options[Secret]{
		Load: s.load, View: viewOf, Equal: Secret.Equal, Older: older, Judge: judge,
		TTL: s.opts.ttl(), MaxStale: s.opts.MaxStale, NegativeTTL: s.opts.negativeTTL(),
		Timeout: s.timeout, Grace: s.opts.grace(), Jitter: s.opts.Jitter, MaxEntries: s.opts.maxEntries(),
	}
	if s.opts.Validate != nil {
		o.Validate = s.validate
	}
	if s.observer() != nil {
		o.Observe = s.report
	}
	return o
}

// viewOf maps a reference to the document that one fetch answers.
func viewOf(ref string) (document string, project func(Secret) (Secret, error), err error) {
	r, err := ParseRef(ref)
	if err != nil || r.Field == "" {
		return r.document(), nil, err
	}
	return r.document(), func(doc Secret) (Secret, error) { return doc.Field(r.Field) }, nil
}

// judge tells the cache what a failure means for the value that it keeps.
func judge(err error) cache.Verdict {
	switch ClassOf(err) {
	case ErrNotFound, ErrDisabled, ErrDenied:
		return cache.Gone
	case ErrUnavailable, ErrThrottled:
		return cache.Transient
	}
	return cache.Failed
}

// older reports whether candidate was made before current, as far as their
// backend says: eventually consistent ones answer with the past now and then.
func older(candidate, current Secret) bool {
	if candidate.Source() != current.Source() {
		return false
	}
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
	if len(version) > 15 {
		return 0, false
	}
	n, err := strconv.ParseUint(version, 10, 64)
	return n, err == nil
}

// load reads documents for the cache: one alone with Get, as a batch call may
// need a permission of its own, and several in one batch.
func (s *Store) load(ctx context.Context, keys []string) []cache.Loaded[Secret] {
	ctx = withObserver(ctx, s.observer())
	results := make([]Result, len(keys))
	var (
		names   []string // those without a version
		indices []int
		single  []string
		alone   []int
	)
	for i, key := range keys {
		if r, err := ParseRef(key); err == nil && r.Version == "" {
			names, indices = append(names, key), append(indices, i)
		} else {
			single, alone = append(single, key), append(alone, i)
		}
	}
	if len(names) == 1 {
		single, alone, names = append(single, names[0]), append(alone, indices[0]), nil
	}
	for n, r := range getUnique(ctx, s.provider, names) {
		results[indices[n]] = r
	}
	for n, r := range getEach(ctx, s.fetchKey, single) {
		results[alone[n]] = r
	}
	loaded := make([]cache.Loaded[Secret], len(keys))
	for i, r := range results {
		loaded[i] = s.loaded(ctx, r)
	}
	return loaded
}

func (s *Store) fetchKey(ctx context.Context, key string) (Secret, error) {
	r, err := ParseRef(key)
	if err != nil {
		return Secret{}, err
	}
	return fetch(ctx, s.provider, r)
}

func (s *Store) loaded(ctx context.Context, r Result) cache.Loaded[Secret] {
	if r.Err != nil {
		err := s.ownTimeout(ctx, r)
		return cache.Loaded[Secret]{Err: err, Origin: sourceIn(err)}
	}
	l := cache.Loaded[Secret]{Value: r.Secret, Origin: r.Secret.Source(), Expires: r.Secret.Expires()}
	if p := r.Secret.p; p != nil {
		l.MaxStale = p.stale
		if p.fixed || p.meta.TTL != 0 && s.opts.TTL >= 0 {
			l.TTL = &p.meta.TTL
		}
	}
	return l
}

// ownTimeout tells the deadline of the store's read from that of a caller, whose
// context it is apart from.
func (s *Store) ownTimeout(ctx context.Context, r Result) error {
	if ctx.Err() == nil || ClassOf(r.Err) != nil {
		return r.Err
	}
	if errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return &Error{
			Op: "get", Name: r.Name, Source: sourceIn(r.Err), Class: ErrUnavailable,
			Err: errors.New("no answer within " + s.timeout.String()), Hint: "check that the backend can be reached",
		}
	}
	return closedError("get")
}

func closedError(op string) error {
	return &Error{Op: op, Class: ErrClosed, Err: errors.New("the store was closed")}
}

func sourceIn(err error) string {
	var e *Error
	if errors.As(err, &e) {
		return e.Source
	}
	return ""
}

// describe turns an error of the cache into one of this package that says which
// reference it is about.
func (s *Store) describe(op, ref string, err error) error {
	var known *Error
	switch {
	case err == nil:
		return nil
	case errors.Is(err, cache.ErrClosed):
		return closedError(op)
	case errors.Is(err, cache.ErrRefused):
		return refusedError(op, wellFormed(ref), err)
	case !errors.As(err, &known):
		return &Error{Op: op, Name: wellFormed(ref), Err: err}
	case error(known) != err: //nolint:errorlint // asks whether anything wraps it
		return err
	}
	own := *known // others have it too
	own.Name = cmp.Or(wellFormed(ref), own.Name)
	return &own
}

// wellFormed returns ref if it parses: what does not may be a value in the wrong
// place.
func wellFormed(ref string) string {
	if _, err := ParseRef(ref); err != nil {
		return ""
	}
	return ref
}
