package session

import (
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
)

// credentialTimeout bounds a call for credentials. The SDK shares this call between
// callers and detaches it from their contexts.
const credentialTimeout = 10 * time.Second

// The reasons why a request was not sent.
var (
	errRedirected = errors.New("the answer is a redirect, which is not followed")
	errPlain      = errors.New("the endpoint is not encrypted")
)

// forCredentials is the client with which the SDK calls STS, SSO and metadata
// services. If transport is nil, its type matters. Only on this type does the SDK set
// dial and header timeouts of a quarter and half a second for the metadata service of
// an instance, and only to this type does it add AWS_CA_BUNDLE.
//
// This type follows redirects with 307 and 308, and sends the token of a container or
// an instance along. Its transport asks for a proxy before each request and sends no
// request if that fails. No other place can stop a redirect.
func forCredentials(transport http.RoundTripper) aws.HTTPClient {
	if transport != nil {
		return &http.Client{Transport: guard{transport}, CheckRedirect: stay, Timeout: credentialTimeout}
	}
	return awshttp.NewBuildableClient().WithTimeout(credentialTimeout).WithTransportOptions(func(t *http.Transport) {
		proxy := t.Proxy
		t.Proxy = func(r *http.Request) (*url.URL, error) {
			if err := permit(r); err != nil {
				return nil, err
			}
			return proxy(r)
		}
	})
}

// guard is the same for a transport of the caller.
type guard struct{ inner http.RoundTripper }

// RoundTrip implements http.RoundTripper.
func (g guard) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := permit(r); err != nil {
		if r.Body != nil {
			_ = r.Body.Close() // a RoundTripper must close the body
		}
		return nil, err
	}
	return g.inner.RoundTrip(r)
}

func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// permit returns the reason why r must not be sent: a redirect led there, or it is
// not encrypted. Plain HTTP may stay on this machine, or go to the metadata service
// of an instance or a container, which has no other protocol.
func permit(r *http.Request) error {
	switch {
	case r.Response != nil:
		return errRedirected
	case r.URL.Scheme == "https", loopback(r.URL.Hostname()), metadata(r.URL):
		return nil
	}
	return errPlain
}

// metadata reports whether u belongs to the metadata service of an instance or to a
// container's agent. The service of an instance may have another address
// (AWS_EC2_METADATA_SERVICE_ENDPOINT), but it always has these paths.
func metadata(u *url.URL) bool {
	if strings.HasPrefix(u.Path, "/latest/") {
		return true
	}
	ip, err := netip.ParseAddr(u.Hostname())
	return err == nil && (ip.IsLinkLocalUnicast() || netip.MustParsePrefix("fd00:ec2::/32").Contains(ip))
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}
