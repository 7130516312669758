package file_test

import (
	"errors"
	"path/filepath"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/file"
	"github.com/secretmux/secretmux/testing/conformance"
)

// The address that String prints opens the same place, for every field of Options.
func TestStringOpensTheSamePlace(t *testing.T) {
	for _, opts := range []file.Options{
		{Dir: "/etc/secrets"},
		{Dir: "secrets"},
		{Dir: "./a b,c|d?e#f%25"},
		{Dir: "/x", Raw: true},
		{Dir: "/x", Missing: secretmux.ErrNotFound},
		{Dir: "/x/", Missing: secretmux.ErrUnavailable, Raw: true},
		{Dir: "a:b"},
		{Dir: "//host/share"},
	} {
		p, err := file.New(opts)
		must(t, err)
		u, err := secretmux.ParseURI(p.String())
		must(t, err)
		again, err := file.Backend()[u.Scheme](t.Context(), u)
		must(t, err)
		if got := again.(*file.Provider).String(); got != p.String() {
			t.Errorf("%s reopens as %s", p, got)
		}
	}
}

// A link's parameters override the options of its backend.
func TestOptionsBackend(t *testing.T) {
	backend := file.Options{Dir: "fallback", Missing: secretmux.ErrNotFound, Raw: true}.Backend()
	for link, want := range map[string]string{
		"file:":                        "file:fallback?missing=absent&trim=none",
		"file:x":                       "file:x?missing=absent&trim=none",
		"file:x?trim=newline":          "file:x?missing=absent",
		"file:x?missing=unavailable":   "file:x?missing=unavailable&trim=none",
		"file:///a/b?trim=none&ttl=5s": "file:///a/b?missing=absent&trim=none",
	} {
		u, err := secretmux.ParseURI(link)
		must(t, err)
		p, err := backend[u.Scheme](t.Context(), u)
		must(t, err)
		if got := p.(*file.Provider).String(); got != want {
			t.Errorf("%s opens as %s, want %s", link, got, want)
		}
	}
}

// A path that only a shell replaces would lead to a folder with the name ~.
func TestShellPathsAreRefused(t *testing.T) {
	const canary = "canary-home"
	for _, path := range []string{"~/" + canary, "$HOME/" + canary, "${HOME}/" + canary, "~" + canary, "/srv/$ENV/" + canary} {
		_, err := file.New(file.Options{Dir: path})
		u := secretmux.URI{Scheme: "file", Path: path}
		_, opened := secretmux.Open(t.Context(), u.String(), file.Backend())
		for _, err := range []error{err, opened} {
			if !errors.Is(err, secretmux.ErrInvalid) {
				t.Errorf("%s: %v", path, err)
			}
			conformance.NoLeak(t, err, canary)
		}
	}
	dir := t.TempDir()
	t.Chdir(dir)
	write(t, filepath.Join(dir, "~", "s"), "x")
	want(t, open(t, "./~"), "s", "x")
}

func TestDefaultTTL(t *testing.T) {
	if got := open(t, "x").DefaultTTL(); got != 2*time.Second {
		t.Errorf("it is %v", got)
	}
}
