package session

import (
	"context"
	"errors"
	"strings"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/secretmux/secretmux"
)

// Failure is what a failed call means, as far as it does not depend on the
// service.
type Failure struct {
	// Class is nil when the call's own context ended.
	Class error
	// Hint may be empty.
	Hint string
	// Cause is safe to show: an *APIError, an error of the network, the context's.
	Cause error
	// Code is the service's error code, empty where the service did not answer.
	Code string

	message string
}

// Says reports whether the service's message has one of parts, in any case. The
// message itself is not to be had: see [APIError].
func (f Failure) Says(parts ...string) bool {
	for _, part := range parts {
		if strings.Contains(f.message, strings.ToLower(part)) {
			return true
		}
	}
	return false
}

// FailureOf tells what err, the SDK's error of operation, means. ctx is the
// context of the call.
func FailureOf(ctx context.Context, operation string, err error) Failure {
	var (
		ours     *secretmux.Error
		identity *identityError
		api      smithy.APIError
	)
	answered := errors.As(err, &api)
	switch {
	case ctx.Err() != nil && !answered:
		return Failure{Cause: ctx.Err()}
	case errors.As(err, &ours):
		return Failure{Class: ours.Class, Hint: ours.Hint, Cause: ours.Err}
	case errors.As(err, &identity):
		return identityFailure(identity.err)
	case answered:
		return apiFailure(operation, api, err)
	}
	return otherFailure(operation, err)
}

func apiFailure(operation string, api smithy.APIError, err error) Failure {
	status, id := statusOf(err)
	cause := &APIError{Operation: operation, Status: status, RequestID: id}
	class, hint := codeClass(api.ErrorCode())
	switch {
	case class == nil && status == 0: // one of a batch, with a code that nobody knows
		class = secretmux.ErrUnavailable
	case class == nil, status >= 500 && !errors.Is(class, secretmux.ErrThrottled):
		class, hint = statusClass(status)
	}
	f := Failure{Class: class, Hint: hint, Cause: cause, Code: api.ErrorCode(), message: strings.ToLower(api.ErrorMessage())}
	if f.Code == unknownError {
		f.Code = ""
	}
	if knownCode(f.Code) {
		cause.Code = f.Code
	}
	return f
}

// unknownError is what the SDK puts where an answer has no code.
const unknownError = "UnknownError"

// otherFailure is for what is no error of the service: a proxy's answer, a
// malformed one, a lost connection, a call that could not be made.
func otherFailure(operation string, err error) Failure {
	if errors.Is(err, errTooLarge) {
		return Failure{Class: secretmux.ErrTooLarge, Hint: "the service limits a secret to 64 KiB; check what answers in its place", Cause: errTooLarge}
	}
	var sent *smithyhttp.RequestSendError
	if errors.As(err, &sent) {
		return Failure{Class: secretmux.ErrUnavailable, Hint: "check the region, the network and the endpoint", Cause: networkCause(err)}
	}
	if status, id := statusOf(err); status != 0 {
		class, hint := statusClass(status)
		return Failure{Class: class, Hint: hint, Cause: &APIError{Operation: operation, Status: status, RequestID: id}}
	}
	return Failure{
		Class: secretmux.ErrInvalid, Cause: errors.New("the SDK could not make the call"),
		Hint: "check the region, the endpoint and the AWS_ variables",
	}
}

// statusOf returns the HTTP status and the request id of the answer, as far as
// there was one.
func statusOf(err error) (status int, requestID string) {
	var ofAWS *awshttp.ResponseError
	var plain *smithyhttp.ResponseError
	switch {
	case errors.As(err, &ofAWS):
		return ofAWS.HTTPStatusCode(), requestIDLike(ofAWS.ServiceRequestID())
	case errors.As(err, &plain):
		return plain.HTTPStatusCode(), ""
	}
	return 0, ""
}
