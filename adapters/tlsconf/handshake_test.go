package tlsconf_test

import (
	"crypto/tls"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/tlsconf"
)

// serve answers with the subject of the client's certificate and the protocol. It is
// not httptest's server, because that adds a certificate of its own.
func serve(t *testing.T, config *tls.Config) (url string) {
	t.Helper()
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{TLSConfig: config, ErrorLog: log.New(io.Discard, "", 0), ReadHeaderTimeout: time.Minute}
	s.Handler = http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		client := "no client"
		if len(req.TLS.PeerCertificates) > 0 {
			client = req.TLS.PeerCertificates[0].Subject.CommonName
			if len(req.TLS.VerifiedChains) == 0 {
				t.Error("the client's certificate was not verified")
			}
		}
		_, _ = io.WriteString(w, client+" "+req.Proto)
		if req.URL.Path == "/stream" { // goes on until the client leaves
			_ = http.NewResponseController(w).Flush()
			<-req.Context().Done()
		}
	})
	done := make(chan struct{})
	go func() { defer close(done); _ = s.ServeTLS(listener, "", "") }()
	t.Cleanup(func() { _ = s.Close(); <-done })
	return "https://" + listener.Addr().String()
}

// fetch returns the answer and the subject of the server's certificate.
func fetch(t *testing.T, client *http.Client, url string) (answer, server string, err error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := client.Do(req)
	if err != nil {
		return "", "", err
	}
	defer func() { _ = resp.Body.Close() }()
	text, err := io.ReadAll(resp.Body)
	return string(text), resp.TLS.PeerCertificates[0].Subject.CommonName, err
}

// stream begins a request that goes on until end is called.
func stream(t *testing.T, client *http.Client, url string) (end func()) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url+"/stream", nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	return func() { _ = resp.Body.Close() }
}

// The test sends a thousand requests during twenty rotations of the server's pair. None
// fails, and the last gets the newest certificate. HTTP/2 stays HTTP/2.
func TestServerRotatesUnderLoad(t *testing.T) {
	a := newAuthority(t, "ca")
	r := newRig(t, secretmux.Options{}, map[string]string{"tls": a.bundleOf("server 0"), "ca": a.bundle})
	k := must(tlsconf.NewKeyPair(t.Context(), r.Store, "tls", tlsconf.Options{}))
	defer func() { _ = k.Close() }()
	roots := must(tlsconf.NewRoots(t.Context(), r.Store, "ca"))
	defer func() { _ = roots.Close() }()
	s := serve(t, tlsconf.Server(nil, k, nil))
	var failed, done atomic.Int64
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 250 {
				tr, stop := tlsconf.Transport(nil, nil, roots) // a new connection each time
				answer, _, err := fetch(t, &http.Client{Transport: tr}, s)
				if err != nil || answer != "no client HTTP/2.0" {
					failed.Add(1)
					t.Logf("%q, %v", answer, err)
				}
				stop()
				tr.CloseIdleConnections()
				done.Add(1)
			}
		})
	}
	for i := range 20 {
		waitFor(t, func() bool { return done.Load() >= int64(i*50) })
		name := fmt.Sprintf("server %d", i+1)
		r.rotate("tls", a.bundleOf(name), func() bool { return subject(t, k) == name })
	}
	wg.Wait()
	if failed.Load() != 0 {
		t.Errorf("%d of 1,000 requests failed", failed.Load())
	}
	tr, stop := tlsconf.Transport(nil, nil, roots)
	defer stop()
	defer tr.CloseIdleConnections()
	if _, server, err := fetch(t, &http.Client{Transport: tr}, s); err != nil || server != "server 20" {
		t.Errorf("the last request saw %q, %v", server, err)
	}
}

// A request of an mTLS client after a rotation shows the new subject, even if the base
// had a session cache, and even if a connection is always in use: HTTP/2 would send
// each new request over it.
func TestClientRotates(t *testing.T) {
	for _, cache := range []tls.ClientSessionCache{nil, tls.NewLRUClientSessionCache(8)} {
		a := newAuthority(t, "ca")
		r := newRig(t, secretmux.Options{}, map[string]string{"server": a.bundleOf("server"), "client": a.bundleOf("client 1"), "ca": a.bundle})
		server := must(tlsconf.NewKeyPair(t.Context(), r.Store, "server", tlsconf.Options{}))
		client := must(tlsconf.NewKeyPair(t.Context(), r.Store, "client", tlsconf.Options{}))
		roots := must(tlsconf.NewRoots(t.Context(), r.Store, "ca"))
		s := serve(t, tlsconf.Server(nil, server, roots))
		base := &http.Transport{TLSClientConfig: &tls.Config{ClientSessionCache: cache}}
		tr, stop := tlsconf.Transport(base, client, roots)
		c := &http.Client{Transport: tr}
		for range 2 {
			if answer, _, err := fetch(t, c, s); err != nil || !strings.HasPrefix(answer, "client 1 ") {
				t.Fatalf("%q, %v", answer, err)
			}
		}
		for i := 2; i < 5; i++ {
			name := fmt.Sprintf("client %d", i)
			defer stream(t, c, s)() // its connection is in use from now on
			r.rotate("client", a.bundleOf(name), func() bool { return subject(t, client) == name })
			waitFor(t, func() bool { // a callback tells the transport after the swap
				answer, _, err := fetch(t, c, s)
				if err != nil {
					t.Fatal(err)
				}
				return strings.HasPrefix(answer, name+" ")
			})
			if answer, _, err := fetch(t, c, s); err != nil || answer != name+" HTTP/2.0" {
				t.Errorf("after the rotation: %q, %v", answer, err)
			}
		}
		stop()
		tr.CloseIdleConnections()
		if base.TLSClientConfig.ClientSessionCache != cache || base.DialTLSContext != nil {
			t.Error("the base was changed")
		}
	}
}

// The authority rotates from A to A and B, and then to B. No request fails at the two
// allowed steps. Afterwards both sides refuse certificates of A, even in resumed
// connections.
func TestRootsRotate(t *testing.T) {
	a, b := newAuthority(t, "a"), newAuthority(t, "b")
	r := newRig(t, secretmux.Options{}, map[string]string{
		"server": a.bundleOf("server a"), "client": a.bundleOf("client a"), "old": a.bundleOf("client a"), "ca": a.bundle,
	})
	server := must(tlsconf.NewKeyPair(t.Context(), r.Store, "server", tlsconf.Options{}))
	client := must(tlsconf.NewKeyPair(t.Context(), r.Store, "client", tlsconf.Options{}))
	old := must(tlsconf.NewKeyPair(t.Context(), r.Store, "old", tlsconf.Options{}))
	roots := must(tlsconf.NewRoots(t.Context(), r.Store, "ca"))
	s := serve(t, tlsconf.Server(nil, server, roots))
	use := func(k *tlsconf.KeyPair) (string, error) {
		tr, stop := tlsconf.Transport(&http.Transport{TLSClientConfig: &tls.Config{ClientSessionCache: tls.NewLRUClientSessionCache(8)}}, k, roots)
		defer stop()
		defer tr.CloseIdleConnections()
		answer, _, err := fetch(t, &http.Client{Transport: tr}, s)
		return answer, err
	}
	pool := func(bundle string) {
		before := roots.Pool()
		r.rotate("ca", bundle, func() bool { return roots.Pool() != before })
	}
	ok := func(step string, k *tlsconf.KeyPair) {
		for range 20 {
			if answer, err := use(k); err != nil {
				t.Fatalf("%s: %q, %v", step, answer, err)
			}
		}
	}
	ok("only A", client)
	pool(a.bundle + b.bundle)
	ok("A and B, certificates of A", client)
	r.rotate("server", b.bundleOf("server b"), func() bool { return subject(t, server) == "server b" })
	r.rotate("client", b.bundleOf("client b"), func() bool { return subject(t, client) == "client b" })
	ok("A and B, certificates of B", client)
	ok("A and B, an old client", old)
	pool(b.bundle)
	ok("only B", client)
	if answer, err := use(old); err == nil {
		t.Errorf("a client of A is still served: %q", answer)
	}
	r.rotate("server", a.bundleOf("server a"), func() bool { return subject(t, server) == "server a" })
	if answer, err := use(client); err == nil {
		t.Errorf("a server of A is still trusted: %q", answer)
	}
}

func TestServerKeepsTheBase(t *testing.T) {
	a := newAuthority(t, "ca")
	r := newRig(t, secretmux.Options{}, map[string]string{"tls": a.bundleOf("x"), "ca": a.bundle})
	k := must(tlsconf.NewKeyPair(t.Context(), r.Store, "tls", tlsconf.Options{}))
	roots := must(tlsconf.NewRoots(t.Context(), r.Store, "ca"))
	base := &tls.Config{
		NextProtos: []string{"mine"}, ClientAuth: tls.VerifyClientCertIfGiven, Certificates: []tls.Certificate{{}},
		GetConfigForClient: func(*tls.ClientHelloInfo) (*tls.Config, error) {
			return &tls.Config{NextProtos: []string{"theirs"}}, nil
		},
	}
	c := tlsconf.Server(base, k, roots)
	if c.NextProtos[0] != "mine" || c.ClientAuth != tls.VerifyClientCertIfGiven || len(c.Certificates) != 0 || !c.SessionTicketsDisabled {
		t.Errorf("%+v", c)
	}
	theirs, err := c.GetConfigForClient(&tls.ClientHelloInfo{})
	if err != nil || theirs.NextProtos[0] != "theirs" || theirs.ClientAuth != tls.RequireAndVerifyClientCert || theirs.ClientCAs != roots.Pool() || theirs.GetCertificate == nil {
		t.Errorf("%+v, %v", theirs, err)
	}
	if len(base.Certificates) != 1 || base.ClientCAs != nil {
		t.Error("the base was changed")
	}
}
