package docs_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/httpauth"
	"github.com/secretmux/secretmux/testing/memory"
)

func TestHTTPPage(t *testing.T) {
	var client *http.Client
	use := func(c *http.Client) error { client = c; return nil }
	if err := withClient(t.Context(), opened(t, memory.New(map[string]string{"api/token": "t0ken"})), use); err != nil || client == nil {
		t.Errorf("no client was made: %v", err)
	}
	if err := withClient(t.Context(), opened(t, memory.New(nil)), use); err == nil {
		t.Error("a client was made without a token")
	}
}

func withClient(ctx context.Context, store *secretmux.Store, use func(*http.Client) error) error {
	transport, err := httpauth.New(ctx, store, "api/token", []string{"api.example.com"}, httpauth.Options{})
	if err != nil {
		return err
	}
	defer transport.Close()
	client := &http.Client{Transport: transport}
	return use(client)
}
