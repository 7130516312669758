package session

import (
	"errors"
	"net/url"
	"strings"

	"github.com/secretmux/secretmux"
)

// CheckEndpoint returns an ErrInvalid if endpoint is not the address of a service, or
// if it is neither encrypted nor on this machine. The error quotes nothing of it.
func CheckEndpoint(endpoint string) error {
	const hint = "write endpoint=https://host, or http://127.0.0.1:port for an emulator"
	u, err := url.Parse(endpoint)
	switch {
	case err != nil || u.Host == "" || u.Hostname() == "" || u.Opaque != "":
		return secretmux.Invalid("open", "the endpoint is not a URL with a host", hint) // the cause quotes its input
	case u.User != nil || u.RawQuery != "" || u.ForceQuery || u.Fragment != "" || strings.Trim(u.Path, "/") != "":
		return secretmux.Invalid("open", "the endpoint has more than a scheme, a host and a port", hint)
	case u.Scheme == "http" && !loopback(u.Hostname()):
		return secretmux.Invalid("open", errPlain.Error(), "secrets would cross the network unencrypted: "+hint)
	case u.Scheme != "https" && u.Scheme != "http":
		return secretmux.Invalid("open", "the endpoint has an unknown scheme", hint)
	}
	return nil
}

// checkConfigured applies the rules of endpoint= to an endpoint from the SDK's
// configuration. Nil means AWS's own endpoint.
func checkConfigured(endpoint *string) error {
	if endpoint == nil {
		return nil
	}
	var e *secretmux.Error
	if errors.As(CheckEndpoint(*endpoint), &e) {
		return &secretmux.Error{Class: e.Class, Err: e.Err, Hint: "the endpoint comes from an AWS_ENDPOINT_URL variable or from the profile; " + e.Hint}
	}
	return nil
}
