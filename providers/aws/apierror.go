package aws

import (
	"fmt"

	"github.com/aws/smithy-go"
)

// APIError is the kept part of an error that AWS, or another server in its place,
// answered with. The message is left out: it can quote the request, and with it the
// session token. APIError implements the SDK's smithy.APIError.
type APIError struct {
	// Operation is the call that failed, such as GetSecretValue.
	Operation string
	// Code is the service's own code, such as ResourceNotFoundException. It is empty
	// if the answer had none.
	Code string
	// Status is the HTTP status. It is zero for one secret of a batch.
	Status int
	// RequestID identifies the call for AWS support. It may be empty.
	RequestID string
}

var _ smithy.APIError = (*APIError)(nil)

// Error returns the fields in one line.
func (e *APIError) Error() string {
	code := e.Code
	if code == "" {
		code = "no error code"
	}
	text := e.Operation + ": " + code
	if e.Status != 0 {
		text += fmt.Sprintf(", HTTP status %d", e.Status)
	}
	if e.RequestID != "" {
		text += ", request id " + e.RequestID
	}
	return text
}

// ErrorCode returns Code.
func (e *APIError) ErrorCode() string { return e.Code }

// ErrorMessage returns the empty string.
func (e *APIError) ErrorMessage() string { return "" }

// ErrorFault says who is at fault, as far as the status shows it.
func (e *APIError) ErrorFault() smithy.ErrorFault {
	if e.Status >= 500 {
		return smithy.FaultServer
	}
	return smithy.FaultClient
}
