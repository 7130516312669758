package docs_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/tlsconf"
	"github.com/secretmux/secretmux/testing/memory"
)

func TestTLSPage(t *testing.T) {
	store := opened(t, memory.New(nil))
	if err := serveTLS(t.Context(), store); err == nil {
		t.Error("a server runs with a certificate that is absent")
	}
	client, stop := clientTLS(nil, nil)
	defer stop()
	if client.Transport == nil {
		t.Error("the client has no transport of its own")
	}
	if opts := refuseWhatCantWork(); opts.Validate == nil {
		t.Error("nothing validates")
	}
}

func serveTLS(ctx context.Context, store *secretmux.Store) error {
	pair, err := tlsconf.NewKeyPair(ctx, store, "tls/server", tlsconf.Options{})
	if err != nil {
		return err
	}
	defer pair.Close()
	server := &http.Server{TLSConfig: tlsconf.Server(nil, pair, nil)}
	err = server.ListenAndServeTLS("", "")
	return err
}

func clientTLS(pair *tlsconf.KeyPair, roots *tlsconf.Roots) (*http.Client, func()) {
	transport, stop := tlsconf.Transport(nil, pair, roots) // either may be nil
	client := &http.Client{Transport: transport}           // call stop when it is no longer used
	return client, stop
}

func refuseWhatCantWork() secretmux.Options {
	opts := secretmux.Options{Validate: tlsconf.Validate("tls/server", "tls/roots")}
	return opts
}
