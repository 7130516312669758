package session

import (
	"net/http"

	"github.com/aws/aws-sdk-go-v2/config"
)

// Config says where a Session calls, and with which identity.
type Config struct {
	// Scheme is the scheme of the links, for hints.
	Scheme string
	// Source is the provider's URI. Its secrets have it as their Source.
	Source string
	// Prefix is put in front of names. It is empty or ends with "/".
	Prefix string
	// Load has further options for the SDK's loader.
	Load []func(*config.LoadOptions) error
	// Transport carries all requests. Nil means the SDK's own transport, which Close
	// releases.
	Transport http.RoundTripper
	// Role is the ARN of a role to assume, or empty; ExternalID is sent with it.
	Role, ExternalID string
	// Endpoint replaces the service's own endpoint, unless it is empty.
	Endpoint string
}
