package file_test

import (
	"os"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/file"
	"github.com/secretmux/secretmux/providers/internal/foldertest"
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
	foldertest.Write(t, path, content)
}

func age(t *testing.T, path string, by time.Duration) {
	t.Helper()
	then := time.Now().Add(-by)
	must(t, os.Chtimes(path, then, then))
}

func must(t *testing.T, err error) {
	t.Helper()
	foldertest.Must(t, err)
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
