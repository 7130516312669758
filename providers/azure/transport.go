package azure

import (
	"errors"
	"io"
	"net"
	"net/http"
	"time"
)

// maxAnswer bounds a value or a page; Key Vault's values have at most 25 KB.
const maxAnswer = 1 << 20

// newHTTPClient returns a client of our own, which Close closes, or a copy of the
// program's client that follows no redirects. A redirect would take the token to
// another host, and a redirect of a login would take the client secret.
func newHTTPClient(given *http.Client) (client *http.Client, own bool) {
	if given == nil {
		client, own = &http.Client{Transport: newTransport()}, true
	} else {
		copied := *given
		client = &copied
	}
	client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return client, own
}

func newTransport() *http.Transport {
	return &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         (&net.Dialer{Timeout: 30 * time.Second, KeepAlive: 30 * time.Second}).DialContext,
		ForceAttemptHTTP2:   true,
		MaxIdleConnsPerHost: 16, // as many as GetMany sends at the same time
		IdleConnTimeout:     90 * time.Second,
		TLSHandshakeTimeout: 10 * time.Second,
		// Without these pings, each call on a connection that died silently would
		// wait for its whole timeout.
		HTTP2: &http.HTTP2Config{SendPingTimeout: 10 * time.Second, PingTimeout: 5 * time.Second},
	}
}

// transport carries the SDK's requests to one vault. It returns a 200 of a
// bounded size, a 401 with its challenge and no body, or an error of ours. So the
// body of another status never gets into the SDK's errors and log.
type transport struct {
	client *http.Client
	host   string
}

// Do implements policy.Transporter.
func (t *transport) Do(req *http.Request) (*http.Response, error) {
	// The SDK follows the link to the next page to any host, with the token.
	if req.URL.Host != t.host {
		return nil, errForeignHost
	}
	response, err := t.client.Do(req) //nolint:gosec // the host was checked just now
	if err != nil {
		return nil, &networkError{cause: safeCause(err)}
	}
	switch response.StatusCode {
	case http.StatusOK:
		response.Body = &cappedBody{body: response.Body, left: maxAnswer}
		return response, nil
	case http.StatusUnauthorized:
		_ = response.Body.Close()
		response.Body = http.NoBody
		return response, nil
	}
	return nil, newAnswerError(response)
}

// cappedBody fails with errTooLarge at the limit, where io.LimitReader would
// report the end.
type cappedBody struct {
	body io.ReadCloser
	left int
}

func (b *cappedBody) Read(p []byte) (int, error) {
	if len(p) > b.left+1 {
		p = p[:b.left+1]
	}
	n, err := b.body.Read(p)
	if b.left -= n; b.left < 0 {
		return 0, errTooLarge
	}
	if err != nil && !errors.Is(err, io.EOF) {
		err = &networkError{cause: safeCause(err)}
	}
	return n, err
}

func (b *cappedBody) Close() error { return b.body.Close() }
