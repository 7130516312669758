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

func apiFailure(operation string, api smithy.APIError, err error) *CallError {
	status, id := statusOf(err)
	code := api.ErrorCode()
	if code == unknownError {
		code = ""
	}
	f := &CallError{Answer: &Answer{Operation: operation, Status: status, RequestID: id}, message: strings.ToLower(api.ErrorMessage())}
	if knownCode(code) {
		f.Answer.Code = code
	}
	class, hint := codeClass(code)
	switch {
	case status == 0 && class == nil: // an entry of a batch, with an unknown code
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
	// unknownError is the SDK's code for an answer without a code.
	unknownError = "UnknownError"

	hintUnknownCode = "look up the error code of the answer in the service's API reference, because this library does not know it"
)

// decides reports whether a code of this class decides the meaning of an answer with
// this status. A proxy or an overloaded server gives some statuses by itself. With
// such a status, a code counts only if the two agree. A code for throttling counts
// with any status.
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

// otherFailure classifies failures that are not an error answer of the service: the
// answer of a proxy, a malformed answer, a lost connection, and a call that could not
// be made.
func otherFailure(operation string, err error) *CallError {
	if errors.Is(err, errTooLarge) {
		return &CallError{Class: secretmux.ErrTooLarge, Hint: "check the endpoint: the service limits a secret to 64 KiB, so another server may have answered", Cause: errTooLarge}
	}
	if errors.Is(err, errPlain) {
		return &CallError{Class: secretmux.ErrInvalid, Cause: errPlain, Hint: "check the AWS_ENDPOINT_URL variables and the profile; http:// is for loopback only"}
	}
	var sent *smithyhttp.RequestSendError
	if errors.As(err, &sent) {
		return &CallError{Class: secretmux.ErrUnavailable, Hint: "check the region, the network and the endpoint", Cause: networkCause(err)}
	}
	if status, id := statusOf(err); status != 0 {
		class, hint := statusClass(status)
		return &CallError{Class: class, Hint: hint, Answer: &Answer{Operation: operation, Status: status, RequestID: id}}
	}
	return &CallError{
		Class: secretmux.ErrInvalid, Cause: errors.New("the SDK could not make the call"),
		Hint: "check the region, the endpoint and the AWS_ variables",
	}
}

// statusOf returns the HTTP status and the request id of the answer, if there was
// one.
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
