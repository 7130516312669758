package session

import (
	"errors"
	"net/http"
	"strings"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/secretmux/secretmux"
)

// Failure is the error of a call, without the SDK's own errors. It is for package
// aws, which makes the error of it that callers see.
type Failure struct {
	// Class is that of the error.
	Class error
	// Hint may be empty.
	Hint string
	// Cause is safe to show. It is nil where Answer says it all.
	Cause error
	// Answer is what answered, where something did, by an error.
	Answer *Answer
	// Code is the service's error code. It is empty where the service did not
	// answer, and where its answer has a status that says otherwise.
	Code string

	message string
}

// Error describes the failure in a few words.
func (f *Failure) Error() string {
	if f.Cause != nil {
		return f.Cause.Error()
	}
	return "the service refused the call"
}

// Says reports whether the service's message has one of parts, in any case. The
// message itself is out of reach: see [Answer].
func (f *Failure) Says(parts ...string) bool {
	for _, part := range parts {
		if strings.Contains(f.message, strings.ToLower(part)) {
			return true
		}
	}
	return false
}

// Of reports whether the failed call is that operation.
func (f *Failure) Of(operation string) bool {
	return f.Answer != nil && f.Answer.Operation == operation
}

// Certain reports whether the code may speak of one secret, as "not found" does.
// Both services say so with the status 400, and emulators with 404; the outcome of
// one secret in a batch has no status of its own.
func (f *Failure) Certain() bool {
	if f.Answer == nil {
		return false
	}
	status := f.Answer.Status
	return status == 0 || status == http.StatusBadRequest || status == http.StatusNotFound
}

func apiFailure(operation string, api smithy.APIError, err error) *Failure {
	status, id := statusOf(err)
	code := api.ErrorCode()
	if code == unknownError {
		code = ""
	}
	f := &Failure{Answer: &Answer{Operation: operation, Status: status, RequestID: id}, message: strings.ToLower(api.ErrorMessage())}
	if knownCode(code) {
		f.Answer.Code = code
	}
	class, hint := codeClass(code)
	switch {
	case status == 0 && class == nil: // one of a batch, with a code that nobody knows
		f.Class, f.Code = secretmux.ErrUnavailable, code
	case code == "" || !decides(class, status):
		f.Class, f.Hint = statusClass(status)
	case class == nil:
		f.Class, _ = statusClass(status)
		f.Hint, f.Code = hintUnknownCode, code
	default:
		f.Class, f.Hint, f.Code = class, hint, code
	}
	return f
}

const (
	// unknownError is what the SDK puts where an answer has no code.
	unknownError = "UnknownError"

	hintUnknownCode = "this library does not expect the code of that answer; look it up in the service's API reference"
)

// decides reports whether a code of that class says what an answer of that status
// means. Behind a status that a proxy or an overloaded server gives by itself, a
// code is believed only as far as it agrees with it, and throttling with any.
func decides(class error, status int) bool {
	switch {
	case errors.Is(class, secretmux.ErrThrottled):
		return status == 0 || status >= http.StatusBadRequest
	case status == 0:
		return true
	case status < http.StatusBadRequest, status >= http.StatusInternalServerError, status == http.StatusUnauthorized,
		status == http.StatusProxyAuthRequired, status == http.StatusRequestTimeout, status == http.StatusTooManyRequests:
		byStatus, _ := statusClass(status)
		return class != nil && errors.Is(class, byStatus)
	}
	return true
}

// otherFailure is for what is no error of the service: a proxy's answer, a
// malformed one, a lost connection, a call that could not be made.
func otherFailure(operation string, err error) *Failure {
	if errors.Is(err, errTooLarge) {
		return &Failure{Class: secretmux.ErrTooLarge, Hint: "the service limits a secret to 64 KiB; check what answers in its place", Cause: errTooLarge}
	}
	if errors.Is(err, errPlain) {
		return &Failure{Class: secretmux.ErrInvalid, Cause: errPlain, Hint: "check AWS_ENDPOINT_URL and its like; http:// is for loopback only"}
	}
	var sent *smithyhttp.RequestSendError
	if errors.As(err, &sent) {
		return &Failure{Class: secretmux.ErrUnavailable, Hint: "check the region, the network and the endpoint", Cause: networkCause(err)}
	}
	if status, id := statusOf(err); status != 0 {
		class, hint := statusClass(status)
		return &Failure{Class: class, Hint: hint, Answer: &Answer{Operation: operation, Status: status, RequestID: id}}
	}
	return &Failure{
		Class: secretmux.ErrInvalid, Cause: errors.New("the SDK could not make the call"),
		Hint: "check the region, the endpoint and the AWS_ variables",
	}
}

// statusOf returns the HTTP status and the request id of the answer, as far as
// there was one.
func statusOf(err error) (status int, requestID string) {
	var ofAWS *awshttp.ResponseError
	var plain *smithyhttp.ResponseError
	var container interface{ HTTPStatusCode() int }
	switch {
	case errors.As(err, &ofAWS):
		return ofAWS.HTTPStatusCode(), requestIDLike(ofAWS.ServiceRequestID())
	case errors.As(err, &plain):
		return plain.HTTPStatusCode(), ""
	case errors.As(err, &container): // the SDK's error of the container's agent
		return container.HTTPStatusCode(), ""
	}
	return 0, ""
}
