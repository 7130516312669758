package azure_test

import (
	"context"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/azure"
)

// The code of docs/backends/azure.md: one function is called, and one compiled,
// because there is no vault to read.
var _ = docsGet

func TestDocs(t *testing.T) {
	secrets, err := docsNew()
	if err != nil {
		t.Fatal(err)
	}
	if err := secretmux.Close(secrets); err != nil {
		t.Error(err)
	}
}

func docsGet(ctx context.Context, connect func(string) error) error {
	store, err := secretmux.Open(ctx, "azure-kv://my-vault?credential=managed", azure.Backend())
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

func docsNew() (*azure.Provider, error) {
	o := azure.Options{Vault: "my-vault", Credential: azure.CredentialManaged}
	secrets, err := azure.New(o)
	return secrets, err
}
