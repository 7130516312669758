package aws

import (
	"fmt"
	"net/http"

	"github.com/aws/aws-sdk-go-v2/aws"

	"github.com/secretmux/secretmux/providers/aws/internal/session"
)

// Options say where AWS is called, and with which identity. With the zero Options
// everything comes from the SDK's own configuration: environment variables, the
// shared config and credentials files, and the metadata of a container or an
// instance.
//
// A parameter of a link overrides the field with the same name. Options print without
// their credentials.
type Options struct {
	// Region is the region, as in eu-west-1. Empty means the region of the SDK
	// (AWS_REGION, the profile). If the SDK has none, calls fail with ErrInvalid.
	Region string
	// Profile is a profile of the shared config file. It overrides credentials in
	// environment variables. Empty means the SDK's choice: AWS_PROFILE, or the
	// profile "default".
	Profile string
	// Role is the ARN of a role that is assumed with the credentials from the other
	// settings. Empty means no role, except for one in a profile.
	Role string
	// ExternalID is sent when Role is assumed. It needs Role.
	ExternalID string
	// Endpoint replaces the service's own endpoint, for a VPC endpoint or an
	// emulator: https://host[:port], or http for a loopback host. It does not apply
	// to STS. Empty means the SDK's choice: an AWS_ENDPOINT_URL variable, the
	// profile, or the region's own endpoint. The SDK's choice must have the same
	// form.
	Endpoint string
	// FIPS makes the provider call the region's FIPS 140 endpoint. It can't be set
	// together with Endpoint.
	FIPS bool
	// Prefix is put in front of every name that is not an ARN, such as prod/. It is a
	// folder: a missing final "/" is added. "/" puts a "/" in front of each name, and
	// an empty Prefix puts nothing there. It does not restrict access: only policies
	// do.
	Prefix string
	// Credentials replace the SDK's default chain. They can't be set together with
	// Profile. Nil means the chain. They must be safe for concurrent use.
	Credentials aws.CredentialsProvider
	// Transport carries the requests to AWS, even the requests for credentials. Nil
	// means the SDK's own transport, which Close releases. In both cases redirects
	// are not followed.
	Transport http.RoundTripper
}

const redacted = "[redacted]"

// shown is the printed form of Options.
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
		s.Endpoint = redacted // a malformed endpoint may have a password in it
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

// MarshalText gives encoding/json, encoding/xml, log/slog and similar packages the
// same text.
func (o Options) MarshalText() ([]byte, error) { return fmt.Appendf(nil, "%+v", o.shown()), nil }
