package file_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/file"
)

func open(t *testing.T, dir string) *file.Provider {
	t.Helper()
	p, err := file.New(file.Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func write(t *testing.T, path, content string) {
	t.Helper()
	must(t, os.MkdirAll(filepath.Dir(path), 0o755))
	must(t, os.WriteFile(path+".new", []byte(content), 0o600))
	must(t, os.Rename(path+".new", path))
}

func age(t *testing.T, path string, by time.Duration) {
	t.Helper()
	then := time.Now().Add(-by)
	must(t, os.Chtimes(path, then, then))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func get(t *testing.T, p secretmux.Provider, name string) secretmux.Secret {
	t.Helper()
	s, err := p.Get(t.Context(), name)
	must(t, err)
	return s
}

func want(t *testing.T, p secretmux.Provider, name, value string) secretmux.Secret {
	t.Helper()
	s := get(t, p, name)
	if got := s.Reveal(); got != value {
		t.Fatalf("%s is %q, want %q", name, got, value)
	}
	return s
}
