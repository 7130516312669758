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
	// JSON around it. Vault itself stores at most 1 MiB for each entry
	// (https://developer.hashicorp.com/vault/docs/internals/limits), so a longer
	// answer does not come from a secrets engine. Without a limit, a wrong host
	// could fill the memory.
	maxAnswer = 1<<20 + 1<<16
	// maxList limits a list of names. The API sends a list in one piece, and a
	// folder may have very many names, so the limit is larger.
	maxList = 16 << 20
)

// request is one call of the API. It is a value and not an *http.Request, because a
// refused call is made a second time with another token.
type request struct {
	method string // http.MethodGet or http.MethodPost
	path   string // below /v1/
	query  url.Values
	body   []byte // JSON
	limit  int64  // bytes of the answer's body; zero means maxAnswer
	// once is for reads that make credentials. They use a connection of their own:
	// net/http repeats a GET by itself when a kept connection breaks, and the first
	// GET may have made credentials already. Those would live in the database
	// without an owner until their lease ends.
	once bool
	// auth says that the path is in the namespace of the login. Tokens live there,
	// and so do the calls that renew, look up and revoke them.
	auth bool
	// login says what to check if the server refuses a login. It is empty for other
	// calls. It travels with the request, because the status by itself can't tell a
	// refused login from a refused read: Vault answers 400 and 403 to both.
	login string
}

func get(path string) request { return request{method: http.MethodGet, path: path} }

func post(path string, body []byte) request {
	return request{method: http.MethodPost, path: path, body: body}
}

// answer is what the server sent, with any status. It keeps its request, so that an
// error can name the capability that a policy lacks.
type answer struct {
	status int
	body   []byte
	// broken is why the body is missing. The status may be enough without it: a 403
	// whose body got lost is still a 403.
	broken  error
	request request
}

// send makes one call with token, which is empty for a login. An error means that
// no answer arrived; its text is safe to show.
//
// It does not follow redirects. A redirect is returned like any other answer: to
// follow it would send the token to another host. A RoundTripper does not follow
// redirects, so no http.Client is used here.
//
// It does not retry either. The link decides about a second try, because only the
// link knows how much of its timeout is left and whether its gate is open. Retries
// on two levels would multiply.
func (c *client) send(ctx context.Context, token secretmux.Secret, r request) (answer, error) {
	// With an ended context there is no call. Not even the transport is opened, which would read
	// files.
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
	return a, nil // even if ctx has ended: the lease in the answer must not be lost, because its id is needed to revoke it
}

// make builds the HTTP request. It puts the token into a header and never into the
// URL, because proxies log URLs.
func (c *client) make(ctx context.Context, token secretmux.Secret, r request) (*http.Request, error) {
	// Path is set and not RawPath, so that url.URL escapes each name once. cleanPath and
	// validateName have refused the segments that servers and proxies rewrite.
	at := url.URL{Scheme: c.scheme, Host: c.host, Path: "/v1/" + r.path, RawQuery: r.query.Encode()}
	req, err := http.NewRequestWithContext(untrace(ctx), r.method, at.String(), bytes.NewReader(r.body))
	if err != nil {
		return nil, errMalformed // can't happen with checked options and names; the cause is dropped, because it would quote them
	}
	namespace := c.namespace
	if r.auth {
		namespace = c.authNamespace
	}
	// An agent can be set up to require this header, which a web page can't send.
	// That protects an agent with auto-auth from requests that a browser on the
	// same machine was tricked into (require_request_header on
	// https://developer.hashicorp.com/vault/docs/agent-and-proxy/agent). Servers
	// ignore it, so it is always sent.
	req.Header.Set("X-Vault-Request", "true")
	// The Community edition ignores this header and answers from its root. The
	// documentation of Options.Namespace warns about that, because nothing in the
	// answer shows it.
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

// readAll fails if the body is over the limit. io.LimitReader by itself would stop there without
// an error, and half an answer would look like a whole one. So readAll asks for one byte more
// than the limit and looks whether that byte came.
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
