package faultscript

import (
	"context"
	"net"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
)

// Refused returns the address, as host:port, of a port on loopback that no server
// listens on.
func Refused(t *testing.T) string {
	t.Helper()
	l := listen(t)
	if err := l.Close(); err != nil {
		t.Fatalf("close a listener: %v", err)
	}
	return l.Addr().String()
}

// Silent returns the address, as host:port, of a listener on loopback that
// accepts connections, reads nothing and never answers, not even a TLS
// handshake, and the number of connections so far. They end with the test.
func Silent(t *testing.T) (address string, connections func() int) {
	t.Helper()
	l := listen(t)
	var (
		wg sync.WaitGroup
		n  atomic.Int64
	)
	wg.Go(func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			defer c.Close() //nolint:errcheck // held open until the test ends
			n.Add(1)
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		wg.Wait()
	})
	return l.Addr().String(), func() int { return int(n.Load()) }
}

func listen(t *testing.T) net.Listener {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatalf("listen on loopback: %v", err)
	}
	return l
}

// NoHost is a network on which no host's name exists: each attempt fails with the
// *net.DNSError of NXDOMAIN, and no resolver is called. Use it as an
// http.RoundTripper, or give its DialContext to a dialer. The zero NoHost is ready
// for use. It is safe for concurrent use.
type NoHost struct{ calls atomic.Int64 }

// RoundTrip fails.
func (n *NoHost) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.Body != nil {
		_ = r.Body.Close() // a RoundTripper must close the body, even if it fails
	}
	_, err := n.DialContext(r.Context(), "tcp", r.URL.Hostname())
	return nil, err
}

// DialContext fails.
func (n *NoHost) DialContext(_ context.Context, network, address string) (net.Conn, error) {
	n.calls.Add(1)
	host, _, err := net.SplitHostPort(address)
	if err != nil {
		host = address
	}
	return nil, &net.OpError{Op: "dial", Net: network, Err: &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}}
}

// Calls returns the number of attempts.
func (n *NoHost) Calls() int { return int(n.calls.Load()) }
