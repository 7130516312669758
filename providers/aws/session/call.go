package session

import (
	"context"
	"errors"

	"github.com/secretmux/secretmux"
)

// Call makes one call of the service of s: f is a method of its client. It returns
// the SDK's error, for [FailureOf], that of [Session.Client] when there is no
// client, and that of ctx when it has ended, without a call.
func Call[T, In, Out, O any](ctx context.Context, s *Session[T],
	f func(*T, context.Context, *In, ...func(*O)) (*Out, error), in *In,
) (*Out, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	client, err := s.Client(ctx)
	if err != nil {
		return nil, err
	}
	return f(client, ctx, in)
}

// Error makes the one error type of f, for the caller's operation op on name; it
// is from source. A name that [secretmux.ValidateName] does not take is left out,
// as it may be a value in the wrong place. After ErrUnauthenticated the Session
// drops its credentials, as [Session.Forget] does.
func (s *Session[T]) Error(op, name, source string, f Failure) error {
	if errors.Is(f.Class, secretmux.ErrUnauthenticated) {
		s.Forget()
	}
	if secretmux.ValidateName(name) != nil {
		name = ""
	}
	return &secretmux.Error{Op: op, Name: name, Source: source, Class: f.Class, Hint: f.Hint, Err: f.Cause}
}
