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

	hintNoValue = "put a value: the secret exists and has no current value"
	hintWhole   = "read the secrets one at a time: the service refused the whole batch and does not say which one is wrong"
)

var errNoCurrent = errors.New("no version of the secret is labelled AWSCURRENT")

func corrupt(problem string) error {
	return session.Corrupt(problem, "check that the endpoint belongs to Secrets Manager")
}

// codes classifies the codes that only Secrets Manager has, and names the
// permissions.
func codes(f *session.CallError) (class error, hint string) {
	switch f.Code {
	case codeNotFound:
		return absence(f)
	case "InvalidRequestException":
		// Only one of its documented causes can happen during a read: the secret is
		// scheduled for deletion. Emulators use other words for it.
		switch {
		case f.Of(opGet) && f.Certain():
			return secretmux.ErrDisabled, "restore the secret, or wait for its end: it is scheduled for deletion"
		case f.Of(opBatch):
			return f.Class, hintWhole
		}
		return f.Class, f.Hint
	case "InvalidNextTokenException":
		return secretmux.ErrUnavailable, "try again: the list changed during the read"
	}
	permission := "secretsmanager:" + f.Answer.Operation
	if f.Of(opGet) || f.Of(opVersions) {
		permission += " on the secret"
	}
	return f.Refusal(permission, "secret")
}

// absence returns the meaning of a ResourceNotFoundException.
func absence(f *session.CallError) (class error, hint string) {
	switch {
	case !f.Of(opGet) && !f.Of(opVersions):
		return secretmux.ErrInvalid, hintWhole
	case !f.Certain():
		return f.Class, f.Hint
	case f.Says("secret value for"):
		// "can't find the specified secret value for staging label": the secret
		// exists, so a chain must not go on.
		return secretmux.ErrDisabled, hintNoValue
	}
	return secretmux.ErrNotFound, ""
}
