package tlsconf

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
)

// Transport returns a copy of base that shows k to servers and trusts roots instead of
// the machine's own; either may be nil. A nil base is http.DefaultTransport. HTTP/2
// works as before. At each rotation idle connections are closed; requests under way go
// on. stop ends that.
//
// Where roots is given, the copy dials TLS itself, so that each dial takes the present
// pool; a DialTLSContext of base is replaced. Through a proxy net/http dials, and
// trusts the pool of the moment when Transport was called.
func Transport(base *http.Transport, k *KeyPair, roots *Roots) (t *http.Transport, stop func()) {
	if base == nil {
		base, _ = http.DefaultTransport.(*http.Transport)
		if base == nil { // a program has replaced it
			base = &http.Transport{Proxy: http.ProxyFromEnvironment}
		}
	}
	t = base.Clone()
	if t.TLSClientConfig == nil {
		t.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	t.ForceAttemptHTTP2 = base.TLSNextProto == nil || base.ForceAttemptHTTP2
	var stops []func()
	if k != nil {
		t.TLSClientConfig.Certificates = nil
		t.TLSClientConfig.GetClientCertificate = k.GetClientCertificate
		t.TLSClientConfig.ClientSessionCache = nil // see the package's comment
		stops = append(stops, k.onChange(t.CloseIdleConnections))
	}
	if roots != nil {
		t.TLSClientConfig.RootCAs = roots.Pool()
		t.DialTLSContext = dialer(t, roots)
		stops = append(stops, roots.onChange(t.CloseIdleConnections))
	}
	return t, func() {
		for _, stop := range stops {
			stop()
		}
	}
}

// dialer dials TLS with the pool of the moment. net/http has no hook for roots.
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
