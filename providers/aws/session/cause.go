package session

import (
	"crypto/tls"
	"errors"
	"net"

	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/secretmux/secretmux"
)

var errNoCredentials = errors.New("no credentials were found")

// networkCause picks the part of a lost connection's error that names hosts and
// system errors alone. What is above it quotes URLs.
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

// identityFailure is for calls that were not made, for want of credentials. The
// metadata service of an instance is the last place that the SDK looks at: where
// there is none, that is no outage.
func identityFailure(err error) Failure {
	var (
		api  smithy.APIError
		call *smithy.OperationError
		sent *smithyhttp.RequestSendError
	)
	instance := errors.As(err, &call) && call.ServiceID == "ec2imds"
	if !instance && errors.As(err, &api) {
		return loginFailure(call, api, err)
	}
	if !instance && errors.As(err, &sent) {
		return Failure{
			Class: secretmux.ErrUnavailable, Cause: networkCause(err),
			Hint: "the credentials are to be had from a server that can't be reached (STS, SSO, the container's)",
		}
	}
	return Failure{
		Class: secretmux.ErrUnauthenticated, Cause: errNoCredentials,
		Hint: "give this process a role or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or name a profile=",
	}
}

// loginFailure is for STS and its like when they answer with an error.
func loginFailure(call *smithy.OperationError, api smithy.APIError, err error) Failure {
	operation := "login"
	if call != nil {
		operation = call.OperationName
	}
	f := apiFailure(operation, api, err)
	switch {
	case errors.Is(f.Class, secretmux.ErrDenied):
		f.Hint = "the role can't be assumed: check its trust policy, sts:AssumeRole of the caller, and external_id="
	case errors.Is(f.Class, secretmux.ErrInvalid), errors.Is(f.Class, secretmux.ErrCorrupt):
		f.Class, f.Hint = secretmux.ErrUnauthenticated, "no credentials could be had; check role= and the profile"
	}
	f.Code = "" // it is not the service's own
	return f
}
