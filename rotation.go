package secretmux

import (
	"context"
	"errors"
	"strings"
	"time"

	"github.com/secretmux/secretmux/cache"
)

// Rotation is a change of a secret's content.
type Rotation struct {
	// Ref is the reference that OnRotate was given, or the whole secret's for
	// Options.Validate.
	Ref string
	// Old is the value that the callback was last told of, or that was kept when it
	// was registered; New is the one that replaces it. For Options.Validate, Old is
	// the zero Secret if the old value is no longer kept.
	Old, New Secret
	// At is when the read that first brought New began.
	At time.Time
}

// OnRotate calls fn after each change of the content that ref names. It does not
// call fn for the first value or for a rewrite of the same value. Changes that
// come faster than fn returns become one. For a #field it is only that field's
// content. From then on the secret counts as watched: it is read now, in the
// background, and before each TTL ends. With a negative TTL fn gets only the
// changes that a Get or Refresh reads. Until a first value is known, nothing
// counts as a change: call Get or Preload first to get every change from now on.
//
// Calls for one reference run one at a time, in order, those for up to 32
// references at a time, with no lock held, and delay no reader. fn may use the
// store: Get, Refresh and Close too. Its context ends after
// Options.CallbackTimeout and at Close; a call that ignores it no longer counts
// among the 32. When fn returns an error or panics, it is called again with
// back-off, with the value that is current by then; Status shows the error until
// it succeeds.
//
// stop ends it: no call begins afterwards. It does not wait for a call that is
// running, so that fn may call it.
//
// A secret that is absent is looked for again at the pace of its links' ttl=, and
// otherwise at Options.TTL; absence is not a failure of a name that only OnRotate
// watches. A ref that does not parse and a nil fn are ErrInvalid, a closed store
// is ErrClosed; then stop is nil.
func (s *Store) OnRotate(ref string, fn func(context.Context, Rotation) error) (stop func(), err error) {
	if fn == nil {
		return nil, invalid("on rotate", "the callback is nil", "pass a function")
	}
	// The cache delivers: in order, one at a time for a reference, with back-off.
	// Nothing of that is done twice here.
	stop, err = s.cache.OnChange(ref, func(ctx context.Context, c cache.Change[Secret]) error {
		return fn(ctx, rotationOf(c))
	})
	if err != nil {
		return nil, s.describe("on rotate", ref, err)
	}
	return stop, nil
}

// validate is Options.Validate as the cache calls it.
func (s *Store) validate(ctx context.Context, c cache.Change[Secret]) error {
	return s.opts.Validate(ctx, rotationOf(c))
}

// rotationOf is the change as a callback sees it. The key is the reference that was
// watched.
func rotationOf(c cache.Change[Secret]) Rotation {
	return Rotation{Ref: c.Key, Old: c.Old, New: c.New, At: c.At}
}

// Live is a secret that keeps itself up to date. Reading it never waits and never
// fails, so it can be read for every request and every new connection. Make one
// with [Store.Watch]. It is safe for concurrent use.
type Live struct {
	store  *Store
	ref    string
	handle *cache.Handle[Secret]
}

// Watch reads ref and returns a Live of it, which counts as watched: the store
// reads it anew before each TTL ends, until Stop or Close. It fails as Get does; ctx
// is only for the first read. With a negative TTL the Live changes when
// a Get or Refresh reads another value.
func (s *Store) Watch(ctx context.Context, ref string) (*Live, error) {
	// Looked at before, for OnRead: afterwards the value is kept in any case.
	kept, _ := s.cache.Stat(ref)
	h, err := s.cache.Watch(ctx, ref)
	if err != nil {
		err = s.describe("watch", ref, err)
		s.tellRead(ctx, ref, Secret{}, false, err)
		return nil, err
	}
	s.tellRead(ctx, ref, h.Current(), kept.Served, nil)
	return &Live{store: s, ref: ref, handle: h}, nil
}

// Current returns the newest value. While the backend fails, it returns the last good
// one, even past MaxStale and after the secret was denied or deleted. [Store.Ready],
// [Store.Status] and [Store.Check] tell of that.
func (l *Live) Current() Secret { return l.handle.Current() }

// Previous returns the value before the current one, for verifiers that accept
// both during a rotation, until the next rotation. It returns false when this
// process has not seen the secret change since it was watched.
func (l *Live) Previous() (Secret, bool) { return l.handle.Previous() }

// Renew tells the store that a client has just refused used, a value of this Live. A
// database may already have the next password, for example. Renew reports whether
// Current is another value now: then it makes sense to try again.
//
// If Current differs from used already, Renew returns true at once. Otherwise it reads
// the secret. The read does not wait for a back-off, but for a throttle. A replica that
// lags can't bring back an older value, even if strangers with bad credentials cause
// many reads. All callers that wait share one read. After a read that brought nothing new, or failed, the next is allowed
// after 100 ms, then 200 ms and so on up to 5 s. Within that pause Renew returns
// false at once. Lives of two fields of a secret share the pause. It ends when the
// content changes.
//
// The error is the one of the read, ctx's error, or ErrClosed after Stop and Close.
func (l *Live) Renew(ctx context.Context, used Secret) (changed bool, err error) {
	// The pause, the shared read and the Grace are those of the document in the cache.
	changed, err = l.handle.Renew(ctx, used)
	return changed, l.store.describe("renew", l.ref, err)
}

// Ref returns the reference that Watch was given.
func (l *Live) Ref() string { return l.ref }

// Stop ends the watch. The Live keeps its last value. Stopping twice is harmless.
func (l *Live) Stop() { l.handle.Stop() }

// refusedError is the error for a value that Options.Validate refused. The
// function's own error is its cause, for errors.As, but not part of its text: it
// may quote the value.
func refusedError(op, ref string, err error) error {
	return &Error{
		Op: op, Name: ref, Class: ErrRefused, Err: &quietError{text: "Options.Validate did not accept the new value", err: err},
		Hint: "a value that was good before is served while there is one; errors.As finds Validate's own error",
	}
}

// quietError carries an error of the user's functions without its text, and
// without its classes: a Validate that looked something up in another store and
// did not find it has not made this secret absent.
//
// errors.As still finds the error itself, for the one who wrote the function.
type quietError struct {
	text string
	err  error
}

// Only the text of ours is shown.
func (e *quietError) Error() string      { return e.text }
func (e *quietError) As(target any) bool { return errors.As(e.err, target) }

// Is hides the classes of this package, and shows all else.
func (e *quietError) Is(target error) bool {
	for _, class := range append(classes(), ErrFieldNotFound) {
		if target == class {
			return false
		}
	}
	return errors.Is(e.err, target)
}

// callbackError is how Status shows what a rotation callback returned.
//
// Its text leaves out what the callback said: that may quote a secret, and Status goes
// to logs and pages.
func callbackError(ref string, err error) error {
	text := "the rotation callback returned an error"
	if errors.Is(err, cache.ErrPanic) {
		text = "the rotation callback panicked"
	}
	return &Error{Op: "on rotate", Name: ref, Err: &quietError{text: text, err: err}, Hint: "it is called again with back-off"}
}

// Expect tells the store that name has, or soon will have, another version: a
// message of a broker said so. version is the backend's id of it, or empty. The
// name is ours or the backend's own, without version and field.
//
// Expect does nothing if name is empty, if it is neither kept nor watched, or if that
// version is served already. Otherwise the store reads the secret within the given time
// (zero: now). It chooses a random moment, so that a fleet does not read together. This
// is a background read: the old value is served meanwhile, and a replica that lags
// can't bring back an older one.
//
// If the answer is not the expected version, the store reads again after 1, 2, 4, 8 and
// 16 s, and then waits for the TTL. A read that fails with ErrUnavailable or
// ErrThrottled is repeated with back-off. Expect never reads one secret more than once
// a second. A call that comes while a read is planned brings it forward only if it asks
// for less time. A kept ?version=previous follows when the change is seen. If nothing
// else of the name is kept, it is read itself.
//
// It reports whether a read is planned. An invalid name goes to the Logger.
func (s *Store) Expect(name, version string, within time.Duration) (planned bool) {
	if name == "" {
		return false
	}
	// Parameter Store's own names start with a slash.
	if err := ValidateName(strings.TrimPrefix(name, "/")); err != nil {
		s.opts.logger().Warn("secretmux: Expect was ignored", "error", err)
		return false
	}
	// Without a version nothing is known to be served already, so that a read is
	// planned in any case.
	var served func(Secret) bool
	if version != "" {
		served = func(have Secret) bool { return have.Version() == version }
	}
	known, planned := s.cache.Expect(name, served, max(within, 0))
	// A verifier may keep only the previous version, which changes when the current one
	// does.
	if !known {
		_, planned = s.cache.Expect(Ref{Name: name, Version: VersionPrevious}.document(), nil, max(within, 0))
	}
	return planned
}
