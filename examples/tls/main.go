// Tls serves HTTPS with a certificate that rotates while it runs. The key pair and the
// roots are secrets; each new connection shows the newest certificate, and no request
// fails.
//
//	go run ./examples/tls
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/tlsconf"
	"github.com/secretmux/secretmux/testing/memory"
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer) (err error) {
	ca, err := newAuthority()
	if err != nil {
		return err
	}
	first, err := ca.issue(1)
	if err != nil {
		return err
	}
	backend := memory.New(map[string]string{"tls/server": first, "tls/roots": ca.pem})
	store, err := secretmux.New(backend, secretmux.Options{Validate: tlsconf.Validate("tls/server", "tls/roots")})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, store.Close()) }()
	pair, err := tlsconf.NewKeyPair(ctx, store, "tls/server", tlsconf.Options{})
	if err != nil {
		return err
	}
	defer func() { _ = pair.Close() }()
	roots, err := tlsconf.NewRoots(ctx, store, "tls/roots")
	if err != nil {
		return err
	}
	defer func() { _ = roots.Close() }()

	address, stopServer, err := serve(ctx, pair)
	if err != nil {
		return err
	}
	defer stopServer()
	transport, stop := tlsconf.Transport(nil, nil, roots)
	defer stop()
	client := &http.Client{Transport: transport, Timeout: 10 * time.Second}

	for serial := int64(1); serial <= 5; serial++ {
		if err := rotate(ctx, store, backend, ca, serial); err != nil {
			return err
		}
		transport.CloseIdleConnections() // an open connection keeps its old certificate
		if err := meet(ctx, client, "https://"+address, serial); err != nil {
			return err
		}
		_, _ = fmt.Fprintf(out, "a new connection shows certificate %d\n", serial)
	}
	return nil
}

// serve listens with the present key pair.
func serve(ctx context.Context, pair *tlsconf.KeyPair) (address string, stop func(), err error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	server := &http.Server{
		TLSConfig: tlsconf.Server(nil, pair, nil), ReadHeaderTimeout: 5 * time.Second,
		Handler: http.HandlerFunc(func(http.ResponseWriter, *http.Request) {}),
	}
	go func() { _ = server.ServeTLS(listener, "", "") }()
	return listener.Addr().String(), func() { _ = server.Close() }, nil
}

// rotate writes another certificate and makes the store read it. A store itself reads
// before each TTL ends, but the example does not wait for that.
func rotate(ctx context.Context, store *secretmux.Store, backend *memory.Provider, ca *authority, serial int64) error {
	next, err := ca.issue(serial)
	if err != nil {
		return err
	}
	backend.Set("tls/server", next)
	return store.Refresh(ctx, "tls/server")
}

// meet connects until a new connection shows the certificate with this serial number. The
// swap comes a moment after the refresh.
func meet(ctx context.Context, client *http.Client, url string, serial int64) error {
	for range 1000 {
		req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
		if err != nil {
			return err
		}
		req.Close = true
		resp, err := client.Do(req)
		if err != nil {
			return err
		}
		_ = resp.Body.Close()
		if resp.TLS.PeerCertificates[0].SerialNumber.Int64() == serial {
			return nil
		}
	}
	return errors.New("the new certificate was not shown")
}
