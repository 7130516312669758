package sm

import (
	"errors"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws/internal/session"
)

const (
	opGet   = "GetSecretValue"
	opBatch = "BatchGetSecretValue"
)

const (
	codeNotFound = "ResourceNotFoundException"

	hintNoValue = "the secret exists and has no current value; put one"
	hintWhole   = "the service refused the whole batch and does not say which secret is wrong; read them one at a time"
)

var errNoCurrent = errors.New("no version of the secret is labelled AWSCURRENT")

func corrupt(problem string) error {
	return session.Corrupt(problem, "check that the endpoint belongs to Secrets Manager")
}

// codes classifies the codes that are Secrets Manager's own, and names the
// permissions.
func codes(f *session.CallError) (class error, hint string) {
	switch f.Code {
	case codeNotFound:
		return absence(f)
	case "InvalidRequestException":
		// Only one of its documented causes can happen to a read: the secret is
		// scheduled for deletion. Emulators say that in words of their own.
		switch {
		case f.Of(opGet) && f.Certain():
			return secretmux.ErrDisabled, "the secret is scheduled for deletion; restore it, or wait until it is gone"
		case f.Of(opBatch):
			return f.Class, hintWhole
		}
		return f.Class, f.Hint
	case "InvalidNextTokenException":
		return secretmux.ErrUnavailable, "the list changed during the read; try again"
	}
	permission := "secretsmanager:" + f.Answer.Operation
	if f.Of(opGet) || f.Of(opVersions) {
		permission += " on the secret"
	}
	return f.Refusal(permission, "secret")
}

// absence is what a ResourceNotFoundException means.
func absence(f *session.CallError) (class error, hint string) {
	switch {
	case !f.Of(opGet) && !f.Of(opVersions):
		return secretmux.ErrInvalid, hintWhole
	case !f.Certain():
		return f.Class, f.Hint
	case f.Says("secret value for"):
		// "can't find the specified secret value for staging label": the secret
		// exists, so a chain must not go on as if it did not.
		return secretmux.ErrDisabled, hintNoValue
	}
	return secretmux.ErrNotFound, ""
}
