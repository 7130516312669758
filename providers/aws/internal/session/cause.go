package session

import (
	"crypto/tls"
	"errors"
	"net"
	"net/http"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/secretmux/secretmux"
)

var errNoCredentials = errors.New("no credentials were found")

// networkCause returns the part of a network error that names only hosts and system
// errors. The errors around it quote URLs.
func networkCause(err error) error {
	var (
		dns         *net.DNSError
		operation   *net.OpError
		certificate *tls.CertificateVerificationError
	)
	switch {
	case errors.As(err, &dns):
		return dns
	case errors.As(err, &certificate):
		return certificate
	case errors.As(err, &operation):
		return operation
	}
	return errConnection
}

// identityFailure classifies the error of a call that was not made because there are
// no credentials. The innermost operation failed first: before STS can assume a role,
// it needs the credentials of the caller.
func identityFailure(err error) *CallError {
	var sent *smithyhttp.RequestSendError
	call := innermost(err)
	switch {
	case call != nil && call.ServiceID == "ec2imds":
		// The SDK looks here last. If this place is missing, there are no credentials
		// at all, and that is not an outage.
	case errors.Is(err, errPlain):
		return otherFailure("", err)
	case errors.Is(err, errRedirected):
		return &CallError{Class: secretmux.ErrUnauthenticated, Cause: errRedirected, Hint: hintRedirect}
	case errors.As(err, &sent):
		return &CallError{
			Class: secretmux.ErrUnavailable, Cause: networkCause(err),
			Hint: "the server that gives credentials can't be reached (STS, SSO, the container's)",
		}
	case answered(err):
		return loginFailure(call, err)
	}
	return &CallError{
		Class: secretmux.ErrUnauthenticated, Cause: errNoCredentials,
		Hint: "give this process a role or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile=",
	}
}

const hintRedirect = "the server that gives credentials answers with a redirect, which would take this process's token along; " +
	"check its address"

// innermost returns the last operation in the chain of err, or nil if there is none.
func innermost(err error) *smithy.OperationError {
	var last, call *smithy.OperationError
	for errors.As(err, &call) {
		last, err = call, call.Err
	}
	return last
}

// answered reports whether err is an error answer of the service, or an answer in
// another form, such as a gateway's page.
func answered(err error) bool {
	var api smithy.APIError
	status, _ := statusOf(err)
	return status != 0 || errors.As(err, &api)
}

// loginFailure classifies an error answer of STS or of another server that gives
// credentials.
func loginFailure(call *smithy.OperationError, err error) *CallError {
	operation := "login"
	if call != nil {
		operation = call.OperationName
	}
	api := smithy.APIError(&smithy.GenericAPIError{}) // for an answer without a code
	errors.As(err, &api)
	f := apiFailure(operation, api, err)
	status := f.Answer.Status
	switch {
	case status >= http.StatusMultipleChoices && status < http.StatusBadRequest:
		f.Class, f.Hint = secretmux.ErrUnauthenticated, hintRedirect
	case errors.Is(f.Class, secretmux.ErrDenied):
		f.Hint = "the role can't be assumed: check its trust policy, sts:AssumeRole of the caller, and external_id="
		if call == nil || call.ServiceID != "STS" {
			f.Hint = "the server that gives credentials refuses; check the role of this process"
		}
	case errors.Is(f.Class, secretmux.ErrInvalid), errors.Is(f.Class, secretmux.ErrCorrupt):
		f.Class, f.Hint = secretmux.ErrUnauthenticated, "the server that gives credentials refuses the request; check role= and the profile"
	}
	f.Code = "" // the answer is not the service's own
	return f
}
