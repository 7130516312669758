package vault

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"

	"github.com/hashicorp/vault/api"
)

// request is one call of the API.
type request struct {
	method string // http.MethodGet or http.MethodPost
	path   string // below /v1/
	query  url.Values
	body   []byte // JSON
	terms  terms
	// auth says that the path is in the namespace of the login.
	auth bool
	// login says that this is the login, where "bad request" is a bad credential.
	login bool
}

// answer is what the server said, whatever the status.
type answer struct {
	status int
	body   []byte
	// broken is why the body of an answer with an error status is missing.
	broken  error
	request request
}

// send makes one call with token, which is empty for a login. An error means that
// no answer arrived, and is safe to show.
func (c *client) send(ctx context.Context, token string, r request) (answer, error) {
	if err := ctx.Err(); err != nil {
		return answer{}, err
	}
	made, err := c.connect()
	if err != nil {
		return answer{}, err
	}
	native := made.data
	if r.auth {
		native = made.auth
	}
	req := native.NewRequest(r.method, "/v1/"+r.path)
	req.ClientToken, req.BodyBytes = token, r.body
	if r.query != nil {
		req.Params = r.query
	}
	if r.terms.limit == 0 {
		r.terms.limit = maxAnswer
	}
	//nolint:staticcheck // deprecated for Logical, which takes the one token of the client and hides the status
	response, err := native.RawRequestWithContext(withTerms(ctx, r.terms), req)
	if response == nil || response.Response == nil {
		return answer{}, networkError(ctx, err)
	}
	defer func() { _ = response.Body.Close() }()
	a := answer{status: response.StatusCode, request: r}
	var refusal *api.ResponseError
	if err != nil && !errors.As(err, &refusal) {
		a.broken = networkError(ctx, err) // the body of an error could not be read
		return a, ctx.Err()
	}
	if a.body, err = io.ReadAll(response.Body); err != nil {
		return answer{}, networkError(ctx, err)
	}
	return a, nil
}

func get(path string) request { return request{method: http.MethodGet, path: path} }

func post(path string, body []byte) request {
	return request{method: http.MethodPost, path: path, body: body}
}
