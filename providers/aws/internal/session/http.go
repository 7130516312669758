package session

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
)

const (
	// maxAnswer is for one secret: 64 KiB, six bytes for one at worst in JSON.
	maxAnswer = 1 << 20
	// maxAnswers is for 20 secrets or 100 descriptions.
	maxAnswers = 8 << 20
)

// The failures of reading an answer.
var (
	errTooLarge   = errors.New("the answer is larger than this service ever sends")
	errConnection = errors.New("the connection ended before the answer was complete")
)

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
	if response.StatusCode >= http.StatusMultipleChoices && target(r) != "" && !saysJSON(response.Header.Get("Content-Type"), body) {
		response.Header.Del("X-Amzn-Errortype")
		body = nil
	}
	response.Body = io.NopCloser(bytes.NewReader(body))
	return response, nil
}

// saysJSON reports whether an error comes as both services write it, as a JSON
// object. An answer in another form is not theirs, so its code says nothing about
// a secret. A text without a label counts as what it looks like, because
// net/http's servers label it text/plain.
func saysJSON(contentType string, body []byte) bool {
	media, _, err := mime.ParseMediaType(contentType)
	switch {
	case contentType == "", err == nil && media == "text/plain":
	case err != nil:
		return false
	case media == "application/json", strings.HasPrefix(media, "application/x-amz-json-"), strings.HasSuffix(media, "+json"):
	default:
		return false
	}
	return bytes.HasPrefix(bytes.TrimSpace(body), []byte("{")) && json.Valid(body)
}

// target is the operation of a service that speaks JSON 1.1, as both services do;
// STS does not, and has none.
func target(r *http.Request) string { return r.Header.Get("X-Amz-Target") }

// limitOf tells the calls for one secret from those for many.
func limitOf(r *http.Request) int {
	if strings.HasSuffix(target(r), ".GetSecretValue") || strings.HasSuffix(target(r), ".GetParameter") {
		return maxAnswer
	}
	return maxAnswers
}
