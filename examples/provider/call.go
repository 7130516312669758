package acme

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptrace"
	"net/url"
)

// maxAnswer limits an answer: a value of 1 MiB in base64, and the JSON around it.
const maxAnswer = 3 << 19

// request is one call of the API.
type request struct {
	method string
	path   string // escaped
	query  url.Values
	body   []byte
	limit  int64 // the limit of the answer; zero means maxAnswer
}

// call sends one request and decodes its answer into out. It uses the RoundTripper,
// because an http.Client would follow redirects with the token. It tries once, because
// the link above has the second try, the pauses and the deadline.
func (p *Provider) call(ctx context.Context, r request, out any) error {
	if p.closed.Load() {
		return errClosed
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	token, err := p.opts.token()
	if err != nil {
		return err
	}
	req, err := http.NewRequestWithContext(untrace(ctx), r.method, p.base+r.path, bytes.NewReader(r.body))
	if err != nil {
		return errMalformed // checked options and escaped names always make a request
	}
	req.URL.RawQuery = r.query.Encode()
	req.Header.Set("Authorization", "Bearer "+token)
	response, err := p.roundTrip(req)
	if err != nil {
		return networkError(ctx, err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := readAll(response.Body, r.limit)
	if err != nil {
		return networkError(ctx, err)
	}
	if response.StatusCode != http.StatusOK {
		return statusOf(response.StatusCode, body)
	}
	if json.Unmarshal(body, out) != nil { // the cause quotes the body and is dropped
		return errMalformed
	}
	return nil
}

// readAll fails at the limit. io.LimitReader would only end there, and half an answer
// would look complete.
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

// untraced is a context without the hooks of net/http/httptrace, because these see the
// header with the token. A store loads with the context values of the reader that came
// first, so the hooks could belong to any part of the program.
type untraced struct{ context.Context }

func untrace(ctx context.Context) context.Context { return untraced{ctx} }

// Value hides the hooks by their type, because httptrace does not export their key.
func (c untraced) Value(key any) any {
	value := c.Context.Value(key)
	if _, hooks := value.(*httptrace.ClientTrace); hooks {
		return nil
	}
	return value
}
