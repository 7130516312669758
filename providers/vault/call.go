package vault

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/url"

	"github.com/secretmux/secretmux"
)

const (
	// maxAnswer limits the body of an answer: a value of 1 MiB with what the API
	// puts around it.
	maxAnswer = 1<<20 + 1<<16
	// maxList limits one page of names, for which the API has no pages.
	maxList = 16 << 20
)

// request is one call of the API.
type request struct {
	method string // http.MethodGet or http.MethodPost
	path   string // below /v1/
	query  url.Values
	body   []byte // JSON
	limit  int64  // of the answer's body; zero means maxAnswer
	// once is for reads that make something. They need a connection of their own:
	// net/http sends a GET again, by itself, when a kept connection breaks.
	once bool
	// auth says that the path is in the namespace of the login.
	auth bool
	// login is what to check if this is a login and is refused; empty otherwise.
	login string
}

func get(path string) request { return request{method: http.MethodGet, path: path} }

func post(path string, body []byte) request {
	return request{method: http.MethodPost, path: path, body: body}
}

// answer is what the server said, whatever the status.
type answer struct {
	status int
	body   []byte
	// broken is why the body is missing. The status may tell enough without it.
	broken  error
	request request
}

// send makes one call with token, which is empty for a login. An error means that
// no answer arrived, and is safe to show. It retries nothing and follows nothing:
// a redirect is an answer like any other, as the token would go along with it.
func (c *client) send(ctx context.Context, token secretmux.Secret, r request) (answer, error) {
	if err := ctx.Err(); err != nil {
		return answer{}, err
	}
	way, err := c.connect()
	if err != nil {
		return answer{}, err
	}
	req, err := c.make(ctx, token, r)
	if err != nil {
		return answer{}, err
	}
	roundTrip := way.keep
	if r.once {
		roundTrip = way.once
	}
	response, err := roundTrip(req)
	if err != nil {
		return answer{}, networkError(ctx, err)
	}
	defer func() { _ = response.Body.Close() }()
	a := answer{status: response.StatusCode, request: r}
	if a.body, err = readAll(response.Body, r.limit); err != nil {
		a.body, a.broken = nil, networkError(ctx, err)
		return a, ctx.Err()
	}
	return a, nil // also when ctx ended meanwhile: a lease that was made must not get lost
}

func (c *client) make(ctx context.Context, token secretmux.Secret, r request) (*http.Request, error) {
	at := url.URL{Scheme: c.scheme, Host: c.host, Path: "/v1/" + r.path, RawQuery: r.query.Encode()}
	req, err := http.NewRequestWithContext(untrace(ctx), r.method, at.String(), bytes.NewReader(r.body))
	if err != nil {
		return nil, errMalformed // checked options and names always make a request; the cause quotes them
	}
	namespace := c.namespace
	if r.auth {
		namespace = c.authNamespace
	}
	// Agents can be told to want this one, so that no web page makes them answer.
	req.Header.Set("X-Vault-Request", "true")
	if namespace != "" {
		req.Header.Set("X-Vault-Namespace", namespace)
	}
	if !token.IsZero() {
		req.Header.Set("X-Vault-Token", token.Reveal())
	}
	if r.body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	return req, nil
}

// readAll fails where io.LimitReader would end, so that half an answer does not
// pass for a whole one.
func readAll(body io.Reader, limit int64) ([]byte, error) {
	if limit == 0 {
		limit = maxAnswer
	}
	data, err := io.ReadAll(io.LimitReader(body, limit+1))
	if err == nil && int64(len(data)) > limit {
		err = errTooLarge
	}
	return data, err
}
