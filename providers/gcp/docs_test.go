package gcp_test

import (
	"context"
	"testing"

	"cloud.google.com/go/auth"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/gcp"
)

// The code of docs/backends/gcp.md: one function is called, and one compiled, because
// there is no project to read.
var _ = docsGet

func TestDocs(t *testing.T) {
	store, err := secretmux.Open(t.Context(), "gcp-sm://my-project", docsBackend(auth.NewCredentials(&auth.CredentialsOptions{})))
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Error(err)
	}
}

func docsGet(ctx context.Context, connect func(string) error) error {
	store, err := secretmux.Open(ctx, "gcp-sm://my-project", gcp.Backend())
	if err != nil {
		return err
	}
	defer store.Close()
	password, err := store.Get(ctx, "db-password")
	if err != nil {
		return err
	}
	return connect(password.Reveal())
}

func docsBackend(creds *auth.Credentials) secretmux.Backend {
	backend := gcp.Options{Credentials: creds}.Backend()
	return backend
}
