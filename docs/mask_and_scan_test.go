package docs_test

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/mask"
	"github.com/secretmux/secretmux/providers/local"
	"github.com/secretmux/secretmux/scan"
)

func TestMaskAndScanPage(t *testing.T) {
	defer slog.SetDefault(slog.Default())
	t.Setenv("SECRETS", "env:")
	store, err := maskLog(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if err := store.Close(); err != nil {
		t.Error(err)
	}
	folder := t.TempDir()
	t.Chdir(folder)
	if err := os.WriteFile(filepath.Join(folder, "notes.txt"), []byte("it is Tr0ub4dor&3\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	report, err := search(t.Context(), map[string]secretmux.Secret{
		"db/password": secretmux.NewSecret([]byte("Tr0ub4dor&3"), secretmux.Meta{}),
	})
	if err != nil || len(report.Findings) != 1 {
		t.Errorf("%d findings, want 1; %v", len(report.Findings), err)
	}
}

func maskLog(ctx context.Context) (*secretmux.Store, error) {
	set := mask.New(mask.Options{})
	out := mask.NewWriter(os.Stderr, set)
	defer out.Close()
	slog.SetDefault(slog.New(slog.NewJSONHandler(out, nil)))

	store, err := secretmux.Open(ctx, os.Getenv("SECRETS"), mask.Backend(local.Backend(), set))
	return store, err
}

func search(ctx context.Context, secrets map[string]secretmux.Secret) (*scan.Report, error) {
	scanner, err := scan.New(scan.Options{Secrets: secrets})
	if err != nil {
		return nil, err
	}
	report, err := scanner.Worktree(ctx, ".")
	return report, err
}
