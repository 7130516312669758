package session

import (
	"net/http"

	"github.com/aws/aws-sdk-go-v2/config"
)

// Config says where and as whom a Session calls.
type Config struct {
	// Scheme is the scheme of the links, for hints.
	Scheme string
	// Source is the provider's URI, which its secrets carry.
	Source string
	// Prefix is put in front of names, empty or with a final "/".
	Prefix string
	// Load is what the SDK's loader is told besides what a Session tells it.
	Load []func(*config.LoadOptions) error
	// Transport carries all requests. Nil makes the SDK's own, which Close releases.
	Transport http.RoundTripper
	// Role is the ARN of a role to assume, or empty; ExternalID is sent with it.
	Role, ExternalID string
	// Endpoint replaces the service's own where it is not empty.
	Endpoint string
}
