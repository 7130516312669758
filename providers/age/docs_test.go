package age_test

import (
	"context"
	"errors"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/age"
	"github.com/secretmux/secretmux/providers/local"
)

// The code of docs/encrypted-files.md.
func TestPage(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := openPage(t.Context()); !errors.Is(err, secretmux.ErrUnavailable) {
		t.Errorf("without a file: %v", err)
	}
}

func openPage(ctx context.Context) error {
	store, err := secretmux.Open(ctx, "env:,sops:secrets.env", local.Backend(), age.Backend())
	if err != nil {
		return err
	}
	defer func() { _ = store.Close() }()
	_, err = store.Get(ctx, "no/such/secret")
	return err
}
