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
	// maxAnswer limits the body of an answer. It allows a value of 1 MiB and the
	// JSON around it.
	maxAnswer = 1<<20 + 1<<16
	// maxList limits a list of names. The API sends a list in one piece.
	maxList = 16 << 20
)

// request is one call of the API.
type request struct {
	method string // http.MethodGet or http.MethodPost
	path   string // below /v1/
	query  url.Values
	body   []byte // JSON
	limit  int64  // bytes of the answer's body; zero means maxAnswer
	// once is for reads that make credentials. They use a connection of their
	// own: net/http repeats a GET by itself when a kept connection breaks, and
	// the first GET may have made credentials already.
	once bool
	// auth says that the path is in the namespace of the login.
	auth bool
	// login says what to check if the server refuses a login. It is empty for
	// other calls.
	login string
}

func get(path string) request { return request{method: http.MethodGet, path: path} }

func post(path string, body []byte) request {
	return request{method: http.MethodPost, path: path, body: body}
}

// answer is what the server sent, with any status.
type answer struct {
	status int
	body   []byte
	// broken is why the body is missing. The status may be enough without it.
	broken  error
	request request
}

// send makes one call with token, which is empty for a login. An error means that
// no answer arrived; its text is safe to show.
//
// It does not retry and does not follow redirects. A redirect is returned like
// any other answer: to follow it would send the token to another host.
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
	return a, nil // even if ctx has ended: a lease that the server made must not be lost
}

func (c *client) make(ctx context.Context, token secretmux.Secret, r request) (*http.Request, error) {
	at := url.URL{Scheme: c.scheme, Host: c.host, Path: "/v1/" + r.path, RawQuery: r.query.Encode()}
	req, err := http.NewRequestWithContext(untrace(ctx), r.method, at.String(), bytes.NewReader(r.body))
	if err != nil {
		return nil, errMalformed // can't happen with checked options and names; the cause would quote them
	}
	namespace := c.namespace
	if r.auth {
		namespace = c.authNamespace
	}
	// An agent can be set up to require this header, which a web page can't send.
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

// readAll fails if the body is over the limit. By itself, io.LimitReader would
// only end there, and half an answer would look like a whole one.
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
