package secretmux

import (
	"cmp"
	"context"
	"errors"
	"iter"
	"sync"
	"time"

	"github.com/secretmux/secretmux/cache"
)

// Store is what a service holds: cached reads of every secret, rotation
// callbacks, and the health of both. Make one with [Open] or [New], share it, and
// close it at the end. It is safe for concurrent use.
//
// A Store is itself a [Provider], a [ManyGetter], a [VersionGetter], a [Lister],
// a [Describer] and a [Checker], so it can be a link of a chain. Stacking stores
// adds their TTLs.
//
// All callers of a Store read with its rights. Don't put one between users who
// may see different secrets.
type Store struct {
	provider node
	opts     Options
	// timeout is how long one load may take, through all links.
	timeout  time.Duration
	cache    *cache.Cache[Secret]
	events   observers
	preloads preloads

	closing  sync.Once
	closeErr error
}

var _ node = (*Store)(nil)

// longestTimeout stands for all longer ones: batches get multiples of it, which
// must not overflow.
const longestTimeout = 365 * 24 * time.Hour

// New returns a Store over p, which it owns: Close closes p too. It does no I/O
// and starts nothing. A nil p and options out of their bounds are ErrInvalid.
func New(p Provider, opts Options) (*Store, error) {
	if isNil(p) {
		return nil, invalid("new store", "the provider is nil", "check the error of what should have made it")
	}
	if err := opts.check(); err != nil {
		return nil, err
	}
	// A plain provider gets the store's own timeout as its link's. Links of a config
	// string have theirs.
	n := asNode(p, opts.Timeout)
	s := &Store{provider: n, opts: opts, timeout: min(cmp.Or(opts.Timeout, n.budget()), longestTimeout)}
	s.events.init(opts)
	c, err := cache.New(s.cacheOptions())
	if err != nil {
		// Options.check has refused everything that the cache would refuse. This is for
		// the day when that is no longer so.
		return nil, &Error{Op: "new store", Class: ErrInvalid, Err: err}
	}
	s.cache = c
	return s, nil
}

// Get returns the secret that ref names: name[?version=V][#field].
//
// It waits only when nothing is kept: at the first read, after the secret was
// not read for a TTL, and when the backend failed for longer than a value may be
// served. While it waits it obeys ctx; the read goes on for others, with the
// values of this ctx (a trace, for example) but not its end. Errors are *Error
// with the class of the failure, or with ctx's error and no class.
//
// Two Gets of two fields may meet a rotation between them. Read what belongs
// together with one GetMany, or take the fields of one Get of the whole secret.
func (s *Store) Get(ctx context.Context, ref string) (Secret, error) {
	if s.opts.OnRead != nil {
		return s.getAndTell(ctx, ref)
	}
	// The raw reference is the key: a read of what is kept parses nothing.
	secret, err := s.cache.Get(ctx, ref)
	if err != nil {
		return Secret{}, s.describe("get", ref, err)
	}
	return secret, nil
}

// getAndTell is Get with Options.OnRead. It is a function of its own so that Get
// without it stays short enough for the hit path.
func (s *Store) getAndTell(ctx context.Context, ref string) (Secret, error) {
	secret, cached, err := s.cache.Read(ctx, ref)
	if err = s.describe("get", ref, err); err != nil {
		secret = Secret{}
	}
	s.tellRead(ctx, ref, secret, cached, err)
	return secret, err
}

// GetMany returns one Result for each of refs, in their order; refs may repeat.
// Refs that are not kept are read in one batch. If a ref does not parse or its read
// fails, the error is in its Result. Fields of one secret are of one version of it.
// GetMany itself fails only if the store is closed or ctx has ended; then there are no
// results.
func (s *Store) GetMany(ctx context.Context, refs []string) ([]Result, error) {
	results, cached, err := s.getMany(ctx, refs)
	for i, ref := range refs {
		if err != nil {
			s.tellRead(ctx, ref, Secret{}, false, err)
			continue
		}
		s.tellRead(ctx, ref, results[i].Secret, cached[i], results[i].Err)
	}
	return results, err
}

// GetAll returns the secrets that refs name, by reference. When some fail, the
// others are returned all the same, and the error is a *[ManyError] that has one
// error for each failing ref.
func (s *Store) GetAll(ctx context.Context, refs ...string) (map[string]Secret, error) {
	results, err := s.GetMany(ctx, refs)
	if err != nil {
		// The error of the call is that of each ref, so that a caller looks in one
		// place.
		failed := make(map[string]error, len(refs))
		for _, ref := range refs {
			failed[ref] = err
		}
		return map[string]Secret{}, manyError(failed)
	}
	found := make(map[string]Secret, len(refs))
	failed := map[string]error{}
	for _, r := range results {
		if r.Err != nil {
			failed[r.Name] = r.Err
		} else {
			found[r.Name] = r.Secret
		}
	}
	return found, manyError(failed)
}

// Refresh reads refs now, without jitter and whatever is kept. After it returns
// nil, Get returns what the backend held after the call began. It waits neither for the
// back-off of the cache nor for the pause of a link that is down. A backend that
// throttles is not asked, and the error is ErrThrottled. A value that Options.Validate
// refuses is ErrRefused. The error is a *[ManyError].
func (s *Store) Refresh(ctx context.Context, refs ...string) error {
	failed := map[string]error{}
	for i, err := range s.cache.Refresh(ctx, refs...) {
		if err != nil {
			failed[refs[i]] = s.describe("refresh", refs[i], err)
		}
	}
	return manyError(failed)
}

// Invalidate drops what is kept of refs, so that the next Get reads the backend.
// It drops the whole secret, all fields of it, but no other ?version= of it.
// Watched ones are read at once. References that do not parse are ignored.
func (s *Store) Invalidate(refs ...string) { s.cache.Invalidate(refs...) }

// GetVersion returns one version of a secret. See [VersionGetter].
func (s *Store) GetVersion(ctx context.Context, name, version string) (Secret, error) {
	err := ValidateName(name)
	if err == nil {
		err = validateVersion(version)
	}
	if err != nil {
		s.tellRead(ctx, "", Secret{}, false, err)
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
		for info, err := range s.provider.List(ctx, prefix) {
			if s.cache.Closed() {
				break
			}
			if !yield(info, err) || err != nil {
				return
			}
		}
		if s.cache.Closed() { // what a closed provider leaves out is not absent
			yield(Info{}, closedError("list"))
		}
	}
}

// Describe returns what the backend says about a secret, past the cache. See
// [Describer].
func (s *Store) Describe(ctx context.Context, name string) (Info, error) {
	if s.cache.Closed() {
		return Info{}, closedError("describe")
	}
	return s.provider.Describe(ctx, name)
}

// String returns the redacted URIs of the store's links.
func (s *Store) String() string { return s.provider.String() }

// A store is asked like its provider, and has the results of its cache.

func (s *Store) asks(name string) bool { return s.provider.asks(name) }

func (s *Store) asksAll() bool { return s.provider.asksAll() }

// continues holds for what a store passes on from its links: it adds no failures of its
// own.
func (s *Store) continues(err error) bool { return s.provider.continues(err) }

// stream reads through the cache. Results of a batch come together, as the cache
// answers it as one.
func (s *Store) stream(ctx context.Context, names []string, deliver func(int, Result)) {
	results, err := s.GetMany(ctx, names)
	for i, name := range names {
		if err != nil {
			deliver(i, Result{Name: name, Err: err})
			continue
		}
		deliver(i, results[i])
	}
}

// budget is that of a whole load, which includes all links.
func (s *Store) budget() time.Duration { return s.timeout }

// A store paces and counts nothing of its own: these are its links'.
func (s *Store) pace(name string) (time.Duration, bool) { return s.provider.pace(name) }

func (s *Store) abandoned(name string) int { return s.provider.abandoned(name) }

func (s *Store) drain(ctx context.Context) int { return s.provider.drain(ctx) }

// describe turns an error of the cache into one of this package that says which
// reference it is about.
func (s *Store) describe(op, ref string, err error) error {
	known := outermost(err)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, cache.ErrClosed):
		return closedError(op)
	case errors.Is(err, cache.ErrTimeout):
		return s.noAnswer(ref, "")
	case errors.Is(err, cache.ErrRefused):
		return refusedError(op, wellFormed(ref), err)
	// A context of the caller, for example. It has no class, and keeps its own meaning.
	case known == nil:
		return &Error{Op: op, Name: wellFormed(ref), Err: err}
	case error(known) != err: //nolint:errorlint // asks whether anything wraps it
		return err
	}
	own := *known // others have it too
	own.Name = cmp.Or(wellFormed(ref), own.Name)
	return &own
}

// closedError is what every call of a closed store returns, whatever the cache or a
// link would say.
func closedError(op string) error {
	return &Error{Op: op, Class: ErrClosed, Err: errors.New("the store was closed")}
}

// wellFormed returns ref if it parses: what does not may be a value in the wrong
// place.
func wellFormed(ref string) string {
	if _, err := ParseRef(ref); err != nil {
		return ""
	}
	return ref
}
