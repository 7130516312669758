package secretmux

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"slices"
	"sync"
	"time"

	"github.com/secretmux/secretmux/cache"
)

// Store is what a service holds: cached reads of every secret, rotation
// callbacks, and the health of both. Make one with [Open] or [New], share it, and
// close it at the end. It is safe for concurrent use.
//
// A Store is itself a [Provider], also for [GetMany], [GetVersion], [List] and
// [Check], so it can be a link of a chain. A Store over a Store keeps what the
// other has kept already: their TTLs add up.
//
// All callers of a Store read with its rights. Don't put one between users who
// may see different secrets.
type Store struct {
	provider Provider
	opts     Options
	timeout  time.Duration
	cache    *cache.Cache[Secret]

	closeProvider sync.Once
	closeErr      error

	mu       sync.Mutex
	badWatch []error // what OnRotate could not return
}

var (
	_ Provider      = (*Store)(nil)
	_ VersionGetter = (*Store)(nil)
	_ Lister        = (*Store)(nil)
	_ Checker       = (*Store)(nil)
)

// longestTimeout stands for all longer ones: batches get multiples of it, which
// must not overflow.
const longestTimeout = 365 * 24 * time.Hour

// New returns a Store over p, which it owns: Close closes p too. It does no I/O
// and starts nothing. A nil p and negative options are ErrInvalid.
func New(p Provider, opts Options) (*Store, error) {
	if isNil(p) {
		return nil, invalid("new store", "the provider is nil", "check the error of what should have made it")
	}
	if err := opts.check(); err != nil {
		return nil, err
	}
	p = asLink(p, opts.Timeout)
	s := &Store{provider: p, opts: opts, timeout: min(cmp.Or(opts.Timeout, budget(p)), longestTimeout)}
	c, err := cache.New(s.cacheOptions())
	if err != nil {
		return nil, &Error{Op: "new store", Class: ErrInvalid, Err: err}
	}
	s.cache = c
	return s, nil
}

// Get returns the secret that ref names: name[?version=V][#field].
//
// It waits only when nothing is kept: at the first read, after the secret was
// not read for a TTL, and when the backend failed for longer than a value may be
// served. While it waits it obeys ctx; the read goes on for others. Errors are
// *Error with the class of the failure, or with ctx's error and no class.
//
// Two Gets of two fields may meet a rotation between them. Read what belongs
// together with one GetMany, or take the fields of one Get of the whole secret.
func (s *Store) Get(ctx context.Context, ref string) (Secret, error) {
	secret, err := s.cache.Get(ctx, ref)
	if err != nil {
		return Secret{}, s.describe("get", ref, err)
	}
	return secret, nil
}

// GetMany returns the secrets that refs name, by reference, reading those that
// are not kept in one batch. When some fail, the others are returned all the
// same, with one error for each failing ref, joined. Fields of one secret are of
// one version of it.
func (s *Store) GetMany(ctx context.Context, refs ...string) (map[string]Secret, error) {
	found := make(map[string]Secret, len(refs))
	failed := map[string]bool{}
	var errs []error
	for i, r := range s.cache.GetMany(ctx, refs) {
		switch ref := refs[i]; {
		case r.Err == nil:
			found[ref] = r.Value
		case !failed[ref]:
			failed[ref] = true
			errs = append(errs, s.describe("get", ref, r.Err))
		}
	}
	return found, errors.Join(errs...)
}

// Preload reads refs into the cache, so that a service fails at its start and not
// at its first request. All problems come in one error.
func (s *Store) Preload(ctx context.Context, refs ...string) error {
	_, err := s.GetMany(ctx, refs...)
	return err
}

// Refresh reads refs now, without jitter and whatever is kept. After it returns
// nil, Get returns what the backend held after the call began. It never waits for
// a pause of the cache's own back-off; a backend that throttles is still left
// alone, which is ErrThrottled. A value that Options.Validate refuses is
// ErrRefused. The error joins those of all refs.
func (s *Store) Refresh(ctx context.Context, refs ...string) error {
	err := s.cache.Refresh(ctx, refs...)
	joined, ok := err.(interface{ Unwrap() []error })
	if !ok {
		return s.describe("refresh", "", err)
	}
	var errs []error
	for _, e := range joined.Unwrap() {
		var keyed *cache.KeyError
		if errors.As(e, &keyed) {
			errs = append(errs, s.describe("refresh", keyed.Key, keyed.Err))
		}
	}
	return errors.Join(errs...)
}

// Invalidate drops what is kept of refs, so that the next Get reads the backend.
// It drops the whole secret, all fields of it, but no other ?version= of it.
// Watched ones are read at once. References that do not parse are ignored.
func (s *Store) Invalidate(refs ...string) {
	documents := make([]string, 0, len(refs))
	for _, ref := range refs {
		if r, err := ParseRef(ref); err == nil {
			documents = append(documents, r.document())
		}
	}
	slices.Sort(documents)
	s.cache.Invalidate(slices.Compact(documents)...)
}

// GetVersion returns one version of a secret. See [VersionGetter].
func (s *Store) GetVersion(ctx context.Context, name, version string) (Secret, error) {
	if err := ValidateName(name); err != nil {
		return Secret{}, err
	}
	if err := validateVersion(version); err != nil {
		return Secret{}, err
	}
	return s.Get(ctx, Ref{Name: name, Version: version}.String())
}

// List yields the names in the store's backends, past the cache. See [Lister].
func (s *Store) List(ctx context.Context, prefix string) iter.Seq2[Info, error] {
	return func(yield func(Info, error) bool) {
		if s.cache.Closed() {
			yield(Info{}, closedError("list"))
			return
		}
		List(ctx, s.provider, prefix)(yield)
	}
}

// String returns the redacted URIs of the store's links.
func (s *Store) String() string { return sourceOf(s.provider) }

// getResults is GetMany in the shape of [ManyGetter].
func (s *Store) getResults(ctx context.Context, names []string) ([]Result, error) {
	results := make([]Result, len(names))
	for i, r := range s.cache.GetMany(ctx, names) {
		results[i] = Result{Name: names[i], Secret: r.Value}
		if r.Err != nil {
			results[i].Err = s.describe("get", names[i], r.Err)
		}
	}
	return results, nil
}

// Close ends the store: it cancels reads and callbacks under way, waits for
// their goroutines, and closes the provider. Called from within a callback or
// Options.Validate it does not wait. A callback that ignores its context for
// longer than Options.Timeout is an error. Every later call is ErrClosed; closing
// again is harmless.
func (s *Store) Close() error {
	err := s.cache.Close()
	s.closeProvider.Do(func() { s.closeErr = Close(s.provider) })
	if errors.Is(err, cache.ErrBusy) {
		err = &Error{
			Op: "close", Err: errors.New("a rotation callback is still running"),
			Hint: "callbacks must return when their context ends",
		}
	}
	return errors.Join(err, s.closeErr)
}
