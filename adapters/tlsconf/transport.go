package tlsconf

import (
	"cmp"
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"sync/atomic"
	"time"
)

// idleLimit is how long an idle connection of a RoundTripper lives if its base has no
// limit. A connection from before a rotation must not stay for ever.
const idleLimit = 90 * time.Second

// RoundTripper makes requests with the present key pair and roots. Make one with
// [Transport], and give it to an http.Client. It is safe for concurrent use.
//
// It has an http.Transport of its own for the time between two rotations. The previous
// one gets no new request. So a connection that a busy client keeps open, for example
// with HTTP/2, never carries a request that began after the swap with an old identity.
type RoundTripper struct {
	template *http.Transport
	roots    *Roots
	current  atomic.Pointer[http.Transport]
}

// Transport returns a RoundTripper that makes requests like base, but shows k to
// servers and trusts roots instead of the machine's own roots. Either may be nil. A nil
// base means http.DefaultTransport. base is copied, and HTTP/2 works as before. After
// the callback of a rotation has run, each new request goes over a new connection.
// Running requests keep their connections, which are closed when they are idle. stop
// ends this, and the transport keeps the state that it has then.
//
// If roots is given, the copy dials TLS itself, so that each dial uses the present
// pool. A DialTLSContext of base is replaced. Through a proxy, net/http dials, and
// trusts the pool of the last rotation whose callback has run.
//
// A base without IdleConnTimeout gets one of 90 seconds.
func Transport(base *http.Transport, k *KeyPair, roots *Roots) (t *RoundTripper, stop func()) {
	if base == nil {
		base, _ = http.DefaultTransport.(*http.Transport)
		if base == nil { // a program has replaced it
			base = &http.Transport{Proxy: http.ProxyFromEnvironment}
		}
	}
	t = &RoundTripper{template: base.Clone(), roots: roots}
	if t.template.TLSClientConfig == nil {
		t.template.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	t.template.ForceAttemptHTTP2 = base.TLSNextProto == nil || base.ForceAttemptHTTP2
	t.template.IdleConnTimeout = cmp.Or(base.IdleConnTimeout, idleLimit)
	var stops []func()
	if k != nil {
		t.template.TLSClientConfig.Certificates = nil
		t.template.TLSClientConfig.GetClientCertificate = k.GetClientCertificate
		t.template.TLSClientConfig.ClientSessionCache = nil // see the package's comment
		stops = append(stops, k.onChange(t.renew))
	}
	if roots != nil {
		stops = append(stops, roots.onChange(t.renew))
	}
	t.renew()
	return t, func() {
		for _, stop := range stops {
			stop()
		}
	}
}

// RoundTrip makes a request like http.Transport's.
func (t *RoundTripper) RoundTrip(req *http.Request) (*http.Response, error) {
	own := t.current.Load()
	resp, err := own.RoundTrip(req)
	if own != t.current.Load() { // it may have made a connection after renew closed the others
		own.CloseIdleConnections()
	}
	return resp, err
}

// CloseIdleConnections closes the connections that no request uses.
func (t *RoundTripper) CloseIdleConnections() { t.current.Load().CloseIdleConnections() }

// renew replaces the transport by one without connections.
func (t *RoundTripper) renew() {
	next := t.template.Clone()
	if t.roots != nil {
		next.TLSClientConfig.RootCAs = t.roots.Pool()
		next.DialTLSContext = dialer(next, t.roots)
	}
	if old := t.current.Swap(next); old != nil {
		old.CloseIdleConnections()
	}
}

// dialer dials TLS with the present pool. net/http has no hook for roots.
func dialer(t *http.Transport, roots *Roots) func(ctx context.Context, network, addr string) (net.Conn, error) {
	dial := t.DialContext
	if dial == nil {
		dial = (&net.Dialer{}).DialContext
	}
	config := t.TLSClientConfig.Clone()
	if len(config.NextProtos) == 0 {
		config.NextProtos = []string{"http/1.1"}
		if t.ForceAttemptHTTP2 {
			config.NextProtos = []string{"h2", "http/1.1"}
		}
	}
	timeout := t.TLSHandshakeTimeout
	return func(ctx context.Context, network, addr string) (net.Conn, error) {
		conn, err := dial(ctx, network, addr)
		if err != nil {
			return nil, err
		}
		own := config.Clone()
		own.RootCAs = roots.Pool()
		if own.ServerName == "" {
			if own.ServerName, _, err = net.SplitHostPort(addr); err != nil {
				own.ServerName = addr
			}
		}
		if timeout > 0 {
			var cancel context.CancelFunc
			ctx, cancel = context.WithTimeout(ctx, timeout)
			defer cancel()
		}
		secure := tls.Client(conn, own)
		if err := secure.HandshakeContext(ctx); err != nil {
			_ = conn.Close()
			return nil, err
		}
		return secure, nil
	}
}
