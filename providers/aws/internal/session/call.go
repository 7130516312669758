package session

import (
	"context"
	"errors"

	"github.com/aws/smithy-go"

	"github.com/secretmux/secretmux"
)

// Call makes one call of the service of s: f makes it. Its error is a [*CallError],
// the error of the set-up if no client could be made, or the error of ctx if it has
// ended.
func Call[T, Out any](ctx context.Context, s *Session[T], f func(*T) (*Out, error)) (*Out, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	st, err := s.get(ctx)
	if err != nil {
		return nil, err
	}
	out, err := f(st.calls)
	if err != nil {
		return nil, s.failed(ctx, err)
	}
	return out, nil
}

// OfEntry returns the CallError of one secret in the answer to a batch. It is the
// same as the error of a call of operation for this secret. Nil pointers are empty.
func (s *Session[T]) OfEntry(operation string, code, message *string) error {
	var api smithy.GenericAPIError
	if code != nil {
		api.Code = *code
	}
	if message != nil {
		api.Message = *message
	}
	return s.decode(apiFailure(operation, &api, nil))
}

// failed makes a CallError from the SDK's error of a call with ctx.
func (s *Session[T]) failed(ctx context.Context, err error) error {
	var api smithy.APIError
	coded := errors.As(err, &api)
	if ctx.Err() != nil && !coded {
		return ctx.Err()
	}
	var identity *identityError
	if errors.As(err, &identity) {
		return identityFailure(identity.err)
	}
	operation := ""
	if call := innermost(err); call != nil {
		operation = call.OperationName
	}
	if coded {
		return s.decode(apiFailure(operation, api, err))
	}
	return otherFailure(operation, err)
}

func (s *Session[T]) decode(f *CallError) *CallError {
	if f.Code != "" {
		f.Class, f.Hint = s.service.Codes(f)
	}
	return f
}

// Corrupt returns the CallError for an answer that the SDK accepted and that can't
// come from the service. problem and hint quote nothing of it.
func Corrupt(problem, hint string) error {
	return &CallError{Class: secretmux.ErrCorrupt, Hint: hint, Cause: errors.New(problem)}
}
