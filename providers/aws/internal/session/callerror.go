package session

import (
	"errors"
	"net/http"
	"strings"

	"github.com/secretmux/secretmux"
)

// CallError is the error of a call, without the SDK's own errors. Package aws makes
// from it the error that callers see.
type CallError struct {
	// Class is the class of the error.
	Class error
	// Hint may be empty.
	Hint string
	// Cause is safe to show. It is nil if Answer says everything.
	Cause error
	// Answer describes the error answer. It is nil if there was no answer.
	Answer *Answer
	// Code is the service's error code. It is empty if the service did not answer, or
	// if the status of its answer contradicts the code.
	Code string

	message string
}

// Error describes the failure in a few words.
func (f *CallError) Error() string {
	if f.Cause != nil {
		return f.Cause.Error()
	}
	return "the service refused the call"
}

// Says reports whether the service's message has one of parts, in any case. The
// message itself is not kept: see [Answer].
func (f *CallError) Says(parts ...string) bool {
	for _, part := range parts {
		if strings.Contains(f.message, strings.ToLower(part)) {
			return true
		}
	}
	return false
}

// Of reports whether operation is the failed call.
func (f *CallError) Of(operation string) bool {
	return f.Answer != nil && f.Answer.Operation == operation
}

// Certain reports whether the code may be about one secret, like "not found". Both
// services answer that with the status 400, and emulators with 404. The outcome of
// one secret in a batch has no status.
func (f *CallError) Certain() bool {
	if f.Answer == nil {
		return false
	}
	status := f.Answer.Status
	return status == 0 || status == http.StatusBadRequest || status == http.StatusNotFound
}

// Refusal returns the class and the hint of a code that both services have. For a
// missing permission the hint names the permission. For a key that can't be used, the
// hint names the thing that the key encrypts.
func (f *CallError) Refusal(permission, thing string) (class error, hint string) {
	denied := errors.Is(f.Class, secretmux.ErrDenied)
	switch {
	case f.Code == "DecryptionFailure", f.Code == "InvalidKeyId":
		return secretmux.ErrDenied, "check that the KMS key of the secret is enabled and that the role has kms:Decrypt on the key"
	case strings.HasPrefix(f.Code, "KMS") && !errors.Is(f.Class, secretmux.ErrThrottled), denied && f.Says("kms"):
		return secretmux.ErrDenied, "the role lacks kms:Decrypt on the KMS key of the " + thing + ", or the key is disabled"
	case denied && f.Hint == "":
		return f.Class, "the role lacks " + permission
	}
	return f.Class, f.Hint
}

// Answer is the kept part of an error that AWS, or another server in its place,
// answered with. The message is never kept: it can quote the request, and with it the
// session token.
type Answer struct {
	// Operation is the call that failed, such as GetSecretValue.
	Operation string
	// Code is the service's own code, such as ResourceNotFoundException. It is empty
	// if the text in that place does not look like a code, because it may be any
	// text.
	Code string
	// Status is the HTTP status. It is zero for one secret of a batch.
	Status int
	// RequestID identifies the call for AWS support. It may be empty.
	RequestID string
}
