package docker_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/docker"
	"github.com/secretmux/secretmux/testing/conformance"
)

// The address that String prints opens the same place, for every field of Options.
func TestStringOpensTheSamePlace(t *testing.T) {
	for _, opts := range []docker.Options{
		{},
		{Dir: "/run/other"},
		{Prefix: "shop_"},
		{Dir: "here", Prefix: "a b,c", Raw: true},
		{Missing: secretmux.ErrUnavailable},
		{Dir: "/x", Missing: secretmux.ErrNotFound, Prefix: "p.", Raw: true},
	} {
		p := open(t, opts)
		u, err := secretmux.ParseURI(p.String())
		must(t, err)
		again, err := docker.Backend()[u.Scheme](t.Context(), u)
		must(t, err)
		if got := again.(*docker.Provider).String(); got != p.String() {
			t.Errorf("%s reopens as %s", p, got)
		}
	}
}

func TestOptionsBackend(t *testing.T) {
	backend := docker.Options{Dir: "/fallback", Prefix: "shop_", Missing: secretmux.ErrUnavailable}.Backend()
	for link, want := range map[string]string{
		"docker:":                  "docker:///fallback?missing=unavailable&prefix=shop_",
		"docker:///x?prefix=a":     "docker:///x?missing=unavailable&prefix=a",
		"docker:x?missing=absent":  "docker:x?missing=absent&prefix=shop_",
		"docker:?trim=none&ttl=5s": "docker:///fallback?missing=unavailable&prefix=shop_&trim=none",
	} {
		u, err := secretmux.ParseURI(link)
		must(t, err)
		p, err := backend[u.Scheme](t.Context(), u)
		must(t, err)
		if got := p.(*docker.Provider).String(); got != want {
			t.Errorf("%s opens as %s, want %s", link, got, want)
		}
	}
}

func TestShellPathsAreRefused(t *testing.T) {
	const canary = "canary-home"
	for _, path := range []string{"~/" + canary, "$HOME/" + canary, "~" + canary} {
		_, err := docker.New(docker.Options{Dir: path})
		if !errors.Is(err, secretmux.ErrInvalid) {
			t.Errorf("%s: %v", path, err)
		}
		conformance.NoLeak(t, err, canary)
	}
}

// Docker mounts a directory if the source in a compose file is missing.
func TestDirectoryInPlaceOfASecret(t *testing.T) {
	dir := t.TempDir()
	must(t, os.Mkdir(filepath.Join(dir, "db_password"), 0o755))
	must(t, os.Mkdir(filepath.Join(dir, "elsewhere"), 0o755))
	must(t, os.Symlink("elsewhere", filepath.Join(dir, "linked")))
	p := open(t, docker.Options{Dir: dir})
	for _, name := range []string{"db/password", "linked"} {
		_, err := p.Get(t.Context(), name)
		if !errors.Is(err, secretmux.ErrInvalid) || !strings.Contains(err.Error(), "source of a mount is missing") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// A text is exactly the text that was typed, and an empty file is an empty secret, as
// for file:.
func TestValues(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{"marked": "\ufeffhunter2\r\n", "empty": "", "line": "\n", "wide": "\xff\xfeh\x00u\x00"} {
		write(t, filepath.Join(dir, name), content)
	}
	p := open(t, docker.Options{Dir: dir})
	for name, value := range map[string]string{"marked": "hunter2", "empty": "", "line": ""} {
		want(t, p, name, value)
	}
	if _, err := p.Get(t.Context(), "wide"); !errors.Is(err, secretmux.ErrInvalid) || !strings.Contains(err.Error(), "UTF-8") {
		t.Errorf("UTF-16: %v", err)
	}
	raw := open(t, docker.Options{Dir: dir, Raw: true})
	for name, value := range map[string]string{"marked": "\ufeffhunter2\r\n", "line": "\n", "wide": "\xff\xfeh\x00u\x00"} {
		want(t, raw, name, value)
	}
}

func TestDefaultTTL(t *testing.T) {
	if got := open(t, docker.Options{}).DefaultTTL(); got != 2*time.Second {
		t.Errorf("it is %v", got)
	}
}
