package aws

import (
	"errors"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws/internal/session"
)

// fail makes the one error type that all failures of this package have, for op on
// name. A name that [secretmux.ValidateName] refuses is left out, because it may be a
// value in the wrong place. After ErrUnauthenticated the credentials are dropped, so
// that the next call asks for new ones.
func (p *Provider) fail(op, name string, err error) error {
	class, hint := classify(err)
	if errors.Is(class, secretmux.ErrUnauthenticated) {
		p.service.Forget()
	}
	if secretmux.ValidateName(name) != nil {
		name = ""
	}
	return &secretmux.Error{Op: op, Name: name, Source: p.source, Class: class, Hint: hint, Err: cause(err)}
}

// classify returns the class of err and a hint. The class is nil if the call's own
// context ended. The packages of the services classify the codes of the services.
func classify(err error) (class error, hint string) {
	var failure *session.CallError
	var ours *secretmux.Error
	switch {
	case errors.As(err, &failure):
		return failure.Class, failure.Hint
	case errors.As(err, &ours):
		return ours.Class, ours.Hint
	}
	return nil, ""
}

// cause is the part of err that is shown below the error that fail makes.
func cause(err error) error {
	var failure *session.CallError
	var ours *secretmux.Error
	switch {
	case errors.As(err, &failure) && failure.Answer != nil:
		return &APIError{
			Operation: failure.Answer.Operation, Code: failure.Answer.Code, Status: failure.Answer.Status, RequestID: failure.Answer.RequestID,
		}
	case failure != nil:
		return failure.Cause
	case errors.As(err, &ours):
		return ours.Err
	}
	return err
}
