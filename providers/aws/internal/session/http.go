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
	// maxAnswer limits an answer with one secret. A secret has at most 64 KiB, and in
	// JSON one byte becomes at most six.
	maxAnswer = 1 << 20
	// maxAnswers limits an answer with 20 secrets or 100 descriptions.
	maxAnswers = 8 << 20
)

// The failures of reading an answer.
var (
	errTooLarge   = errors.New("the answer is larger than this service ever sends")
	errConnection = errors.New("the connection ended before the answer was complete")
)

// client sends the requests of a service. It reads each answer completely, so that a
// cut or an oversized answer is not confused with a malformed one.
type client struct {
	inner *http.Client
	owned *http.Transport // nil if the caller gave a transport
}

// newClient makes a client with the transport of the client for credentials, because
// that has the SDK's settings, such as AWS_CA_BUNDLE.
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

// saysJSON reports whether an error is a JSON object, because both services write
// errors so. An answer in another form is not from them, so its code says nothing
// about a secret. For a text without a label its form decides, because net/http's
// servers label it text/plain.
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

// target is the operation of a request in JSON 1.1, which both services speak. STS
// does not speak it, so its requests have no target.
func target(r *http.Request) string { return r.Header.Get("X-Amz-Target") }

// limitOf returns the limit for the answer. It differs between calls for one secret
// and calls for many.
func limitOf(r *http.Request) int {
	if strings.HasSuffix(target(r), ".GetSecretValue") || strings.HasSuffix(target(r), ".GetParameter") {
		return maxAnswer
	}
	return maxAnswers
}
