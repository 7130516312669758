package docs_test

import (
	"context"
	"os"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/local"
)

func TestREADME(t *testing.T) {
	t.Setenv("SECRETS", "env:")
	t.Setenv("DB_PASSWORD", "s3cret")
	got := ""
	reconnect := func(context.Context, string) error { return nil }
	if err := start(t.Context(), func(password string) { got = password }, reconnect); err != nil || got != "s3cret" {
		t.Errorf("connected with another password; %v", err)
	}
}

func start(ctx context.Context, connect func(string), reconnect func(context.Context, string) error) error {
	store, err := secretmux.Open(ctx, os.Getenv("SECRETS"), local.Backend())
	if err != nil {
		return err
	}
	defer store.Close()
	password, err := store.Get(ctx, "db/password")
	if err != nil {
		return err // errors.Is(err, secretmux.ErrNotFound), ErrDenied, ErrUnavailable ...
	}
	connect(password.Reveal()) // fmt, slog and JSON show [redacted]
	_, err = store.OnRotate("db/password", func(ctx context.Context, r secretmux.Rotation) error {
		return reconnect(ctx, r.New.Reveal())
	})
	return err
}
