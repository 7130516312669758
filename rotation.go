package secretmux

import (
	"context"
	"errors"

	"github.com/secretmux/secretmux/cache"
)

// Rotation is a change of a secret's content.
type Rotation struct {
	// Ref is the reference that OnRotate was given, or the whole secret's for
	// Options.Validate.
	Ref string
	// Old is the value that the callback was last told of, or that was kept
	// when it was registered; New is the one that replaces it.
	Old, New Secret
}

const maxBadWatch = 16

// OnRotate has fn called after each change of the content that ref names: once a
// change, never for the first value, never for a rewrite of the same. For a
// #field it is that field's content alone. From then on the secret counts as
// watched: it is read now, in the background, and before each TTL ends. With a
// negative TTL fn hears of the changes that a Get or Refresh reads. A change
// before the first read has ended is the first value: Get or Preload first to
// hear of every change from now on.
//
// Calls for one reference run one at a time, in order, with no lock held, and
// delay no reader. fn may use the store: Get, Refresh and Close too. Its context
// ends at Close. When fn returns an error or panics, it is called again with
// back-off, with the value that is current by then; Status shows the error until
// it succeeds.
//
// stop ends it: no call begins afterwards. It does not wait for a call that is
// running, so that fn may call it.
//
// A ref that does not parse, a nil fn and a closed store can't be reported here:
// Check returns the error (the first 16 of such), the Logger gets it, and fn is
// never called.
func (s *Store) OnRotate(ref string, fn func(context.Context, Rotation) error) (stop func()) {
	stop, err := s.onRotate(ref, fn)
	if err == nil {
		return stop
	}
	s.opts.logger().Error("secretmux: OnRotate was ignored", "ref", wellFormed(ref), "error", err)
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.badWatch) < maxBadWatch {
		s.badWatch = append(s.badWatch, err)
	}
	return func() {}
}

func (s *Store) onRotate(ref string, fn func(context.Context, Rotation) error) (func(), error) {
	if fn == nil {
		return nil, invalid("on rotate", "the callback is nil", "pass a function")
	}
	stop, err := s.cache.OnChange(ref, func(ctx context.Context, c cache.Change[Secret]) error {
		return fn(ctx, Rotation{Ref: c.Key, Old: c.Old, New: c.New})
	})
	return stop, s.describe("on rotate", ref, err)
}

func (s *Store) validate(ctx context.Context, c cache.Change[Secret]) error {
	return s.opts.Validate(ctx, Rotation{Ref: c.Key, Old: c.Old, New: c.New})
}

// refusedError is the error for a value that Options.Validate refused. The
// function's own error is its cause, for errors.Is and errors.As, but not part of
// its text: it may quote the value.
func refusedError(op, ref string, err error) error {
	return &Error{
		Op: op, Name: ref, Class: ErrRefused, Err: &quietError{text: "Options.Validate did not accept the new value", err: err},
		Hint: "a value that was good before is served while there is one; unwrap the error for Validate's own",
	}
}

// quietError carries an error of the user's functions without its text.
type quietError struct {
	text string
	err  error
}

func (e *quietError) Error() string { return e.text }
func (e *quietError) Unwrap() error { return e.err }

// callbackError is how Status shows what a rotation callback returned.
func callbackError(ref string, err error) error {
	text := "the rotation callback returned an error"
	if errors.Is(err, cache.ErrPanic) {
		text = "the rotation callback panicked"
	}
	return &Error{Op: "on rotate", Name: ref, Err: &quietError{text: text, err: err}, Hint: "it is called again with back-off"}
}
