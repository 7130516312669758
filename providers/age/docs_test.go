package age_test

import (
	"context"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/age"
	"github.com/secretmux/secretmux/providers/local"
)

// The code of docs/encrypted-files.md.
func TestDocs(t *testing.T) {
	store, err := docsOpen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Error(err)
	}
}

func docsOpen(ctx context.Context) (*secretmux.Store, error) {
	store, err := secretmux.Open(ctx, "env:,sops:secrets.env", local.Backend(), age.Backend())
	return store, err
}
