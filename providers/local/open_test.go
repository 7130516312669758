package local_test

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/file"
	"github.com/secretmux/secretmux/providers/internal/foldertest"
	"github.com/secretmux/secretmux/providers/local"
)

func TestEachSchemeOpens(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{".env": "DB_PASSWORD=from-dotenv\n", "db/password": "from-file\n", "db_password": "from-docker\n", "credentials/db_password": "from-systemd\n"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("LOCAL_TEST_DB_PASSWORD", "from-env")
	t.Setenv("CREDENTIALS_DIRECTORY", filepath.Join(dir, "credentials"))
	for config, value := range map[string]string{
		"systemd:":                             "from-systemd",
		"env:?prefix=LOCAL_TEST_":              "from-env",
		foldertest.Link("dotenv", dir+"/.env"): "from-dotenv",
		foldertest.Link("file", dir):           "from-file",
		foldertest.Link("docker", dir):         "from-docker",
		"env:?prefix=LOCAL_NONE_,docker:///none/here," + foldertest.Link("file", dir):              "from-file",
		"dotenv:///none/here/.env,file:none-here?missing=absent," + foldertest.Link("docker", dir): "from-docker",
	} {
		t.Run(config, func(t *testing.T) {
			store, err := secretmux.Open(t.Context(), config, local.Backend())
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = store.Close() }()
			s, err := store.Get(t.Context(), "db/password")
			if err != nil || s.Reveal() != value {
				t.Errorf("it is %q, %v, want %q", s.Reveal(), err, value)
			}
		})
	}
}

func TestSchemes(t *testing.T) {
	got := slices.Sorted(maps.Keys(local.Backend()))
	if want := []string{"docker", "dotenv", "env", "file", "systemd"}; !slices.Equal(got, want) {
		t.Errorf("it opens %q", got)
	}
	clear(local.Backend())
	if len(local.Backend()) != 5 {
		t.Error("two calls share a map")
	}
	_, err := secretmux.Open(t.Context(), "env:", local.Backend(), file.Backend())
	if !errors.Is(err, secretmux.ErrInvalid) {
		t.Errorf("a scheme twice: %v", err)
	}
}
