package docker_test

import (
	"errors"
	"path/filepath"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/docker"
	"github.com/secretmux/secretmux/providers/internal/foldertest"
)

func TestOpen(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(filepath.Dir(dir))
	write(t, filepath.Join(dir, "db_password"), "x\n")
	for _, c := range []struct{ config, name, value string }{
		{foldertest.Link("docker", dir), "db/password", "x"},
		{foldertest.Link("docker", dir) + "?trim=newline", "db/password", "x"},
		{foldertest.Link("docker", dir) + "?trim=none", "db/password", "x\n"},
		{foldertest.Link("docker", dir) + "?prefix=db_", "password", "x"},
		{"docker:" + filepath.Base(dir), "db/password", "x"},
	} {
		store, err := secretmux.Open(t.Context(), c.config, docker.Backend())
		must(t, err)
		want(t, store, c.name, c.value)
		must(t, store.Close())
	}
}

func TestOpenRefuses(t *testing.T) {
	for _, config := range []string{
		"docker://db", "docker://db/x", "docker:?trim=maybe", "docker:?prefix=a/b", "docker:?prefix=..", "docker:?prefix=%20a", "docker:?prefix=a%23", "docker:?files=true",
	} {
		store, err := secretmux.Open(t.Context(), config, docker.Backend())
		if !errors.Is(err, secretmux.ErrInvalid) || store != nil {
			t.Errorf("%s: %v", config, err)
		}
	}
	if _, err := docker.New(docker.Options{Dir: "a\x00b"}); !errors.Is(err, secretmux.ErrInvalid) {
		t.Error(err)
	}
}

func TestString(t *testing.T) {
	for dir, uri := range map[string]string{"": "docker:", "/run/other": "docker:///run/other", "here": "docker:here"} {
		if got := open(t, docker.Options{Dir: dir}).String(); got != uri {
			t.Errorf("the URI of %q is %s, want %s", dir, got, uri)
		}
	}
}
