package session

import (
	"bytes"
	"errors"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
)

const (
	// credentialTimeout bounds a call for credentials. The SDK shares such a call
	// between callers and detaches it from their contexts.
	credentialTimeout = 10 * time.Second

	// maxAnswer is for one secret: 64 KiB, six bytes for one at worst in JSON.
	maxAnswer = 1 << 20
	// maxAnswers is for 20 secrets or 100 descriptions.
	maxAnswers = 8 << 20
)

// The failures of reading an answer.
var (
	errTooLarge   = errors.New("the answer is larger than any of this service")
	errConnection = errors.New("the connection ended before the answer was complete")
)

// forCredentials is the client that the SDK calls STS, SSO and metadata services
// with. Its own type matters: the SDK gives the metadata service of an instance
// dial and header timeouts of a quarter and half a second on this type alone.
func forCredentials(transport http.RoundTripper) aws.HTTPClient {
	if transport == nil {
		return awshttp.NewBuildableClient().WithTimeout(credentialTimeout)
	}
	return &http.Client{Transport: transport, CheckRedirect: stay, Timeout: credentialTimeout}
}

func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

// client sends the requests of a service. It reads an answer whole, so that a cut
// or an oversized one is told from a malformed one.
type client struct {
	inner *http.Client
	owned *http.Transport // nil for a transport of the caller
}

// newClient makes a client over the transport of the one for credentials, which
// has the SDK's settings, such as AWS_CA_BUNDLE.
func newClient(from aws.HTTPClient) *client {
	switch c := from.(type) {
	case *awshttp.BuildableClient:
		owned := c.GetTransport() // a copy
		return &client{inner: &http.Client{Transport: owned, CheckRedirect: stay}, owned: owned}
	case *http.Client:
		return &client{inner: &http.Client{Transport: c.Transport, CheckRedirect: stay}}
	}
	return &client{inner: &http.Client{CheckRedirect: stay}}
}

func (c *client) close() {
	if c.owned != nil {
		c.owned.CloseIdleConnections()
	}
}

// Do implements the SDK's HTTPClient.
func (c *client) Do(r *http.Request) (*http.Response, error) {
	response, err := c.inner.Do(r) //nolint:gosec // the endpoint is the operator's
	if err != nil {
		return nil, err
	}
	limit := int64(limitOf(r))
	body, err := io.ReadAll(io.LimitReader(response.Body, limit+1))
	closeErr := response.Body.Close()
	switch {
	case err != nil:
		return nil, err
	case closeErr != nil:
		return nil, errConnection
	case int64(len(body)) > limit && response.StatusCode < http.StatusMultipleChoices:
		return nil, errTooLarge
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	return response, nil
}

// limitOf tells the calls for one secret from those for many.
func limitOf(r *http.Request) int {
	target := r.Header.Get("X-Amz-Target")
	if strings.HasSuffix(target, ".GetSecretValue") || strings.HasSuffix(target, ".GetParameter") {
		return maxAnswer
	}
	return maxAnswers
}
