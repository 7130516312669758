package aws

import (
	"fmt"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/secretmux/secretmux/providers/aws/internal/session"
)

// Options say where and as whom AWS is called. The zero Options take everything
// from the SDK's own configuration: environment variables, the shared config and
// credentials files, and the metadata of a container or an instance.
//
// A link's parameters come before the fields of the same names. Options print
// without their credentials.
type Options struct {
	// Region is such as eu-west-1. Empty takes the SDK's (AWS_REGION, the
	// profile); where that has none, calls fail with ErrInvalid.
	Region string
	// Profile is a profile of the shared config file. It comes before credentials
	// in environment variables. Empty means the SDK's choice: AWS_PROFILE, or the
	// profile "default".
	Profile string
	// Role is the ARN of a role to assume with the credentials found otherwise.
	// Empty assumes none beyond what a profile says.
	Role string
	// ExternalID is sent when Role is assumed. It needs Role.
	ExternalID string
	// Endpoint replaces the service's own, as for a VPC endpoint or an emulator:
	// https://host[:port], http for a loopback host only. It does not apply to
	// STS. Empty means the SDK's choice: an AWS_ENDPOINT_URL variable, the
	// profile, or the region's own endpoint. It must have the same form.
	Endpoint string
	// FIPS calls the region's FIPS 140 endpoint. It excludes Endpoint.
	FIPS bool
	// Prefix is put in front of every name that is not an ARN, such as prod/. It is
	// a folder: where it has no final "/", one is added. "/" puts a "/" in front of
	// each name, empty nothing. It is a convenience and no fence: policies are.
	Prefix string
	// Credentials replace the SDK's default chain, and exclude Profile. Nil takes
	// the chain. It must be safe for concurrent use.
	Credentials aws.CredentialsProvider
	// Transport carries the requests to AWS, those for credentials too. Nil makes
	// the SDK's own, which Close releases. Redirects are not followed either way.
	Transport http.RoundTripper
}

const redacted = "[redacted]"

// shown is what is printed of Options.
type shown struct {
	Region, Profile, Role, ExternalID, Endpoint string

	FIPS                           bool
	Prefix, Credentials, Transport string
}

func (o Options) shown() shown {
	s := shown{
		Region: o.Region, Profile: o.Profile, Role: o.Role, ExternalID: o.ExternalID, Endpoint: o.Endpoint,
		FIPS: o.FIPS, Prefix: o.Prefix,
	}
	if o.Endpoint != "" && session.CheckEndpoint(o.Endpoint) != nil {
		s.Endpoint = redacted // it may have a password in it
	}
	if o.Credentials != nil {
		s.Credentials = redacted
	}
	if o.Transport != nil {
		s.Transport = redacted
	}
	return s
}

// Format writes o for every verb and flag, with [redacted] for its credentials and
// its transport, and for an endpoint that is malformed.
func (o Options) Format(f fmt.State, verb rune) {
	_, _ = fmt.Fprintf(f, fmt.FormatString(f, verb), o.shown())
}

// MarshalText gives encoding/json, encoding/xml, log/slog and their like the same.
func (o Options) MarshalText() ([]byte, error) { return fmt.Appendf(nil, "%+v", o.shown()), nil }
