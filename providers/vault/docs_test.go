package vault_test

import (
	"context"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/vault"
)

// The code of docs/backends/vault.md: one function is called, and one compiled,
// because there is no cluster to log in from.
var _ = docsGet

func TestDocs(t *testing.T) {
	store, err := docsOpen(t.Context(), func(context.Context) (string, error) { return "", nil })
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Error(err)
	}
}

func docsGet(ctx context.Context, connect func(string) error) error {
	store, err := secretmux.Open(ctx, "vault://vault.example.com:8200/kv/app/?auth=kubernetes&role=app", vault.Backend())
	if err != nil {
		return err
	}
	defer store.Close()
	password, err := store.Get(ctx, "db#password")
	if err != nil {
		return err
	}
	return connect(password.Reveal())
}

func docsOpen(ctx context.Context, mintJWT func(context.Context) (string, error)) (*secretmux.Store, error) {
	opts := vault.Options{Auth: vault.Auth{Method: vault.AuthJWT, Role: "app", Credential: vault.Credential{Func: mintJWT}}}
	store, err := secretmux.Open(ctx, "vault://vault.example.com:8200/kv/app/", opts.Backend())
	return store, err
}
