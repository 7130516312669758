package sm

import (
	"errors"
	"strings"

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
	hintWhole   = "the call as a whole was refused, which says nothing of any one secret; read them one at a time"
)

func corrupt(problem string) error {
	return session.Corrupt(problem, "check that the endpoint is that of Secrets Manager")
}

// codes classifies the codes that are Secrets Manager's own, and names the
// permissions.
func codes(f *session.Failure) (class error, hint string) {
	switch f.Code {
	case codeNotFound:
		return absence(f)
	case "InvalidRequestException":
		// Of its documented causes only one can meet a read: the secret is
		// scheduled for deletion. Emulators say that in words of their own.
		switch {
		case f.Of(opGet) && f.Certain():
			return secretmux.ErrDisabled, "the secret is scheduled for deletion; restore it, or wait until it is gone"
		case f.Of(opBatch):
			return f.Class, hintWhole
		}
		return f.Class, f.Hint
	case "DecryptionFailure":
		return secretmux.ErrDenied, "its KMS key can't decrypt it; check that the key is enabled and that the role has kms:Decrypt on it"
	case "InvalidNextTokenException":
		return secretmux.ErrUnavailable, "the list changed while it was read; try again"
	}
	denied := errors.Is(f.Class, secretmux.ErrDenied)
	switch {
	case strings.HasPrefix(f.Code, "KMS") && !errors.Is(f.Class, secretmux.ErrThrottled), denied && f.Says("kms"):
		return secretmux.ErrDenied, "the role lacks kms:Decrypt on the KMS key of the secret, or the key is disabled"
	case denied && f.Hint == "":
		return f.Class, lacks(f)
	}
	return f.Class, f.Hint
}

// absence is what a ResourceNotFoundException means.
func absence(f *session.Failure) (class error, hint string) {
	switch {
	case !f.Of(opGet):
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

func lacks(f *session.Failure) string {
	hint := "the role lacks secretsmanager:" + f.Answer.Operation
	if f.Of(opGet) {
		hint += " on the secret"
	}
	return hint
}
