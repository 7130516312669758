package session

import (
	"errors"
	"net/http"
	"strings"

	"github.com/secretmux/secretmux"
)

// CallError is the error of a call, without the SDK's own errors. It is for package
// aws, which makes the error of it that callers see.
type CallError struct {
	// Class is the class of the error.
	Class error
	// Hint may be empty.
	Hint string
	// Cause is safe to show. It is nil where Answer says it all.
	Cause error
	// Answer describes the error answer. It is nil if there was no answer.
	Answer *Answer
	// Code is the service's error code. It is empty where the service did not
	// answer, and where its answer has a status that says otherwise.
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
// message itself is out of reach: see [Answer].
func (f *CallError) Says(parts ...string) bool {
	for _, part := range parts {
		if strings.Contains(f.message, strings.ToLower(part)) {
			return true
		}
	}
	return false
}

// Of reports whether operation is the call that failed.
func (f *CallError) Of(operation string) bool {
	return f.Answer != nil && f.Answer.Operation == operation
}

// Certain reports whether the code may speak of one secret, as "not found" does.
// Both services say so with the status 400, and emulators with 404; the outcome of
// one secret in a batch has no status of its own.
func (f *CallError) Certain() bool {
	if f.Answer == nil {
		return false
	}
	status := f.Answer.Status
	return status == 0 || status == http.StatusBadRequest || status == http.StatusNotFound
}

// Refusal gives the class and hint of a code that no service has to itself. For a
// missing permission the hint names it, and for a key that can't be used the thing
// that it encrypts.
func (f *CallError) Refusal(permission, thing string) (class error, hint string) {
	denied := errors.Is(f.Class, secretmux.ErrDenied)
	switch {
	case f.Code == "DecryptionFailure", f.Code == "InvalidKeyId":
		return secretmux.ErrDenied, "its KMS key can't decrypt it; check that the key is enabled and that the role has kms:Decrypt on it"
	case strings.HasPrefix(f.Code, "KMS") && !errors.Is(f.Class, secretmux.ErrThrottled), denied && f.Says("kms"):
		return secretmux.ErrDenied, "the role lacks kms:Decrypt on the KMS key of the " + thing + ", or the key is disabled"
	case denied && f.Hint == "":
		return f.Class, "the role lacks " + permission
	}
	return f.Class, f.Hint
}

// Answer is what is kept of an error that AWS, or something in its place, answered
// with: never its message, which can quote the request, session token included.
type Answer struct {
	// Operation is the call that failed, such as GetSecretValue.
	Operation string
	// Code is the service's own, such as ResourceNotFoundException, where it reads
	// like one: what an answer has in that place may be anything.
	Code string
	// Status is the HTTP status, zero for one secret of a batch.
	Status int
	// RequestID is what AWS support asks for. It may be empty.
	RequestID string
}
