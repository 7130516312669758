package aws

import (
	"fmt"

	"github.com/aws/smithy-go"
)

// APIError is what is kept of an error that AWS, or something in its place,
// answered with. The message is left out: it can quote the request, session token
// included. APIError implements the SDK's smithy.APIError.
type APIError struct {
	// Operation is the call that failed, such as GetSecretValue.
	Operation string
	// Code is the service's own, such as ResourceNotFoundException. It is empty
	// when the answer had none.
	Code string
	// Status is the HTTP status, zero for one secret of a batch.
	Status int
	// RequestID is what AWS support asks for. It may be empty.
	RequestID string
}

var _ smithy.APIError = (*APIError)(nil)

// Error gives the fields in one line.
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

// ErrorFault says who is at fault, as far as the status tells.
func (e *APIError) ErrorFault() smithy.ErrorFault {
	if e.Status >= 500 {
		return smithy.FaultServer
	}
	return smithy.FaultClient
}
