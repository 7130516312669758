package docs_test

import (
	"context"
	"os"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/exec"
	"github.com/secretmux/secretmux/providers/local"
)

func TestExecPage(t *testing.T) {
	t.Setenv("SECRETS", "env:")
	store, err := withCommands(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Error(err)
	}
}

func withCommands(ctx context.Context) (*secretmux.Store, error) {
	store, err := secretmux.Open(ctx, os.Getenv("SECRETS"), local.Backend(), exec.Backend())
	return store, err
}
