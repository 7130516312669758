package sm

import (
	"context"
	"errors"
	"strings"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws/session"
)

// What is wrong with an answer that the SDK took.
var (
	errNoValue       = errors.New("the answer has no value")
	errAnotherSecret = errors.New("the answer is not for the secret and version that were asked for")
	errNoList        = errors.New("the answer has no list")
	errEndless       = errors.New("the answer leads back to a page that was read")
)

// operation is the call behind the op of an error.
func operation(op string) string {
	switch op {
	case "list", "check":
		return "ListSecrets"
	case opBatch:
		return "BatchGetSecretValue"
	}
	return "GetSecretValue"
}

// opBatch is "get" made by the batch call. Callers see "get".
const opBatch = "get many"

// classify makes the one error type of every failure here.
func (p *Provider) classify(ctx context.Context, op, name string, err error) error {
	f := failure(ctx, op, err)
	if op == opBatch {
		op = "get"
	}
	return p.session.Error(op, name, p.source, f)
}

func failure(ctx context.Context, op string, err error) session.Failure {
	for _, corrupt := range []error{errNoValue, errAnotherSecret, errNoList, errEndless} {
		if errors.Is(err, corrupt) {
			return session.Failure{Class: secretmux.ErrCorrupt, Hint: "check that the endpoint is that of Secrets Manager", Cause: corrupt}
		}
	}
	f := session.FailureOf(ctx, operation(op), err)
	if f.Code != "" {
		f.Class, f.Hint = codeClass(op, f)
	}
	return f
}

// codeClass classifies the codes that are Secrets Manager's own, and names the
// permissions.
func codeClass(op string, f session.Failure) (class error, hint string) {
	single := operation(op) == "GetSecretValue"
	switch f.Code {
	case "ResourceNotFoundException":
		return absence(op, single, f)
	case "InvalidRequestException":
		// Of its documented causes only one can meet a read: the secret is
		// scheduled for deletion. Emulators say that in words of their own.
		if single && f.Certain() {
			return secretmux.ErrDisabled, "the secret is pending deletion; restore it, or wait until it is gone"
		}
		return f.Class, f.Hint
	case "DecryptionFailure":
		return secretmux.ErrDenied, "its KMS key can't decrypt it; check that the key is enabled and that the role has kms:Decrypt on it"
	case "InvalidNextTokenException":
		return secretmux.ErrUnavailable, "the list changed while it was read; try again"
	}
	switch {
	case strings.HasPrefix(f.Code, "KMS") && !errors.Is(f.Class, secretmux.ErrThrottled),
		errors.Is(f.Class, secretmux.ErrDenied) && f.Says("kms"):
		return secretmux.ErrDenied, "the role lacks kms:Decrypt on the KMS key of the secret, or the key is disabled"
	case errors.Is(f.Class, secretmux.ErrDenied) && f.Hint == "":
		return f.Class, "the role lacks secretsmanager:" + operation(op) + permissionScope(op)
	}
	return f.Class, f.Hint
}

// absence is what a ResourceNotFoundException means.
func absence(op string, single bool, f session.Failure) (class error, hint string) {
	switch {
	case !single:
		return secretmux.ErrInvalid, "the call as a whole was refused, which says nothing of any one secret; check the endpoint"
	case !f.Certain():
		return f.Class, f.Hint
	case f.Says("secret value for") && op != opVersion:
		// The secret exists, so a chain must not go on as if it did not. A version
		// that was asked for by name is absent.
		return secretmux.ErrDisabled, "the secret exists and has no current value; put one"
	}
	return secretmux.ErrNotFound, ""
}

func permissionScope(op string) string {
	switch op {
	case "list", "check", opBatch:
		return ""
	}
	return " on the secret"
}
