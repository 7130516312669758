package file_test

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/file"
	"github.com/secretmux/secretmux/providers/internal/foldertest"
)

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(filepath.Dir(dir))
	write(t, filepath.Join(dir, "s"), "x\n")
	for config, value := range map[string]string{
		foldertest.Link("file", dir):                    "x",
		foldertest.Link("file", dir) + "/?trim=newline": "x",
		foldertest.Link("file", dir) + "?trim=none":     "x\n",
		"file:" + filepath.Base(dir):                    "x",
	} {
		store, err := secretmux.Open(t.Context(), config, file.Backend())
		must(t, err)
		s := want(t, store, "s", value)
		if _, err := secretmux.ParseURI(s.Source()); err != nil || s.Source() != config {
			t.Errorf("the source of %s is %s", config, s.Source())
		}
		must(t, store.Close())
	}
}

func TestOpenRefuses(t *testing.T) {
	for _, config := range []string{
		"file:", "file://", "file://etc/secrets", "file:///x?trim=maybe", "file:///x?trim=", "file:///x?prefix=a", "file:///x?trim=none&trim=none",
	} {
		store, err := secretmux.Open(t.Context(), config, file.Backend())
		if !errors.Is(err, secretmux.ErrInvalid) || store != nil {
			t.Errorf("%s: %v", config, err)
		}
	}
}

func TestString(t *testing.T) {
	for dir, uri := range map[string]string{
		"/etc/secrets": "file:///etc/secrets", "secrets": "file:secrets", "./a b,c|d?e#f": "file:./a%20b%2Cc%7Cd%3Fe%23f",
	} {
		if got := open(t, dir).String(); got != uri {
			t.Errorf("the URI of %s is %s, want %s", dir, got, uri)
		}
	}
}
