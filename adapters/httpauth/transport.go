package httpauth

import (
	"context"
	"crypto/subtle"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync/atomic"

	"github.com/secretmux/secretmux"
)

// Transport is an http.RoundTripper that adds a live credential. Make one with
// [New]. It is safe for concurrent use.
type Transport struct {
	opts   Options
	places []place
	live   *secretmux.Live
	stop   func()
	header atomic.Pointer[header]
}

// header is the value of the header, and the secret that it was made from.
type header struct {
	secret secretmux.Secret
	value  string
}

// New reads ref from store and returns a Transport that sends it to hosts:
// "api.example.com", or with a port that is not the scheme's own
// "api.example.com:8443". The error is ErrInvalid without hosts, with a malformed host,
// with a nil store, and if the value can't be sent. The errors of the read come from
// Store.Watch. ctx is only for the read. Close the Transport after use.
func New(ctx context.Context, store *secretmux.Store, ref string, hosts []string, o Options) (*Transport, error) {
	o, err := o.check()
	if err != nil {
		return nil, err
	}
	t := &Transport{opts: o}
	if t.places, err = parseHosts(hosts); err != nil {
		return nil, err
	}
	if store == nil {
		return nil, invalid("the store is nil", "check the error of the call that opens the store")
	}
	if t.live, err = store.Watch(ctx, ref); err != nil {
		return nil, err
	}
	first, err := t.format(t.live.Current())
	if err != nil {
		t.live.Stop()
		return nil, err
	}
	t.header.Store(first)
	// A person must learn of a value that can't be sent. The callback's error shows in
	// Status and Check, and requests use the old value.
	t.stop, err = store.OnRotate(ref, func(_ context.Context, r secretmux.Rotation) error {
		_, err := t.format(r.New)
		return err
	})
	if err != nil {
		t.live.Stop()
		return nil, err
	}
	return t, nil
}

func parseHosts(hosts []string) ([]place, error) {
	if len(hosts) == 0 {
		return nil, invalid("there are no hosts", "give the hosts that may get the credential, such as api.example.com")
	}
	places := make([]place, 0, len(hosts))
	for _, text := range hosts {
		p, ok := parseHost(text)
		if !ok {
			return nil, invalid("a host is malformed", "write api.example.com or api.example.com:8443, without a scheme, a path or a wildcard")
		}
		places = append(places, p)
	}
	return places, nil
}

// format makes the header's value. The error of Format is replaced, because it may
// quote the secret.
func (t *Transport) format(s secretmux.Secret) (*header, error) {
	value, err := t.opts.Format(s)
	if err != nil {
		var own *secretmux.Error
		if errors.As(err, &own) {
			return nil, &secretmux.Error{Op: "http auth", Class: secretmux.ErrInvalid, Err: own}
		}
		return nil, invalid("Options.Format failed for the secret", "check which value it expects; its error is not shown because it may quote the value")
	}
	if strings.ContainsAny(value, "\r\n\x00") {
		return nil, invalid("the value has a line break or NUL, and a header can't hold these", "store the value in one line")
	}
	return &header{secret: s, value: value}, nil
}

// current is the header of the newest value that can be sent.
func (t *Transport) current() *header {
	have, now := t.header.Load(), t.live.Current()
	if have.secret.Equal(now) {
		return have
	}
	next, err := t.format(now)
	if err != nil {
		return have
	}
	t.header.Store(next)
	return next
}

// RoundTrip sends the request, with the credential if its URL is at one of the hosts. A
// header of that name that the caller has set is not changed. A first request over
// plain http to a listed host that is not loopback is ErrInvalid, unless
// Options.AllowHTTP is set. A redirect to such a host is followed without the
// credential.
func (t *Transport) RoundTrip(req *http.Request) (*http.Response, error) {
	h := t.current()
	switch {
	case !listed(t.places, req.URL):
		return t.opts.Base.RoundTrip(t.without(req, h))
	case req.Header.Get(t.opts.Header) != "":
		return t.opts.Base.RoundTrip(req)
	case !t.private(req.URL) && req.Response == nil:
		closeBody(req.Body)
		return nil, invalid("the request would show the credential over plain http", "use https, or set Options.AllowHTTP")
	case !t.private(req.URL):
		return t.opts.Base.RoundTrip(req)
	}
	resp, err := t.opts.Base.RoundTrip(t.with(req, req.Body, h))
	if err != nil || !t.opts.Unauthorized(resp) {
		return resp, err
	}
	return t.again(req, resp, h)
}

// again sends a refused request once more, if there is another value.
func (t *Transport) again(req *http.Request, refused *http.Response, used *header) (*http.Response, error) {
	body, ok := replay(req)
	if !ok {
		return refused, nil
	}
	changed, err := t.live.Renew(req.Context(), used.secret)
	next := t.current()
	if err != nil || !changed || next == used {
		closeBody(body)
		return refused, nil //nolint:nilerr // the server's own answer says more
	}
	// If an answer is not read to its end, the connection is lost. For a long answer,
	// reading costs more than a new connection.
	_, _ = io.CopyN(io.Discard, refused.Body, 64<<10)
	closeBody(refused.Body)
	return t.opts.Base.RoundTrip(t.with(req, body, next))
}

// replay returns a fresh body for req, and false if there can't be one.
func replay(req *http.Request) (io.ReadCloser, bool) {
	switch {
	case req.Body == nil || req.Body == http.NoBody:
		return req.Body, true
	case req.GetBody == nil:
		return nil, false
	}
	body, err := req.GetBody()
	return body, err == nil
}

// with returns a copy of req that has the header: a RoundTripper must not change the
// request that it gets.
func (t *Transport) with(req *http.Request, body io.ReadCloser, h *header) *http.Request {
	own := req.Clone(req.Context())
	own.Body = body
	if own.Header == nil {
		own.Header = http.Header{}
	}
	own.Header[t.opts.Header] = []string{h.value}
	return own
}

// without removes the header from a request to another host if it is a copy of ours. A
// caller that copies headers by hand makes such a copy.
func (t *Transport) without(req *http.Request, h *header) *http.Request {
	for _, value := range req.Header[t.opts.Header] {
		if subtle.ConstantTimeCompare([]byte(value), []byte(h.value)) != 1 {
			continue
		}
		own := req.Clone(req.Context())
		own.Header.Del(t.opts.Header)
		return own
	}
	return req
}

func (t *Transport) private(u *url.URL) bool {
	return u.Scheme == "https" || t.opts.AllowHTTP || loopback(u.Hostname())
}

func closeBody(body io.Closer) {
	if body != nil {
		_ = body.Close()
	}
}

// CloseIdleConnections closes the idle connections of Options.Base, if that is
// possible.
func (t *Transport) CloseIdleConnections() {
	if c, ok := t.opts.Base.(interface{ CloseIdleConnections() }); ok {
		c.CloseIdleConnections()
	}
}

// Close ends the watch of the secret. Later requests use the last value. It always
// returns nil, and a second Close does nothing. Options.Base is not closed.
func (t *Transport) Close() error {
	t.stop()
	t.live.Stop()
	return nil
}
