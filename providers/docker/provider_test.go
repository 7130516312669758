package docker_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/docker"
	"github.com/secretmux/secretmux/providers/internal/foldertest"
)

func open(t *testing.T, opts docker.Options) *docker.Provider {
	t.Helper()
	p, err := docker.New(opts)
	must(t, err)
	return p
}

func write(t *testing.T, path, content string) {
	t.Helper()
	foldertest.Write(t, path, content)
}

func must(t *testing.T, err error) {
	t.Helper()
	foldertest.Must(t, err)
}

func want(t *testing.T, p secretmux.Provider, name, value string) {
	t.Helper()
	s, err := p.Get(t.Context(), name)
	must(t, err)
	if s.Reveal() != value {
		t.Errorf("%s is %q, want %q", name, s.Reveal(), value)
	}
}

func TestNames(t *testing.T) {
	for _, c := range []struct{ prefix, name, file string }{
		{"", "password", "password"},
		{"", "db/password", "db_password"},
		{"", "a/b/c", "a_b_c"},
		{"", "db-main/api.key", "db-main_api.key"},
		{"shop_", "db/password", "shop_db_password"},
		{"shop.", "password", "shop.password"},
	} {
		dir := t.TempDir()
		write(t, filepath.Join(dir, c.file), c.file+"\n")
		p := open(t, docker.Options{Dir: dir, Prefix: c.prefix})
		want(t, p, c.name, c.file)
		s, err := p.Get(t.Context(), c.name)
		must(t, err)
		if s.Source() != p.String() || !strings.HasPrefix(s.Source(), foldertest.Link("docker", dir)) || s.Version() != secretmux.ContentVersion([]byte(c.file)) {
			t.Errorf("the source is %s, the version %s", s.Source(), s.Version())
		}
		write(t, filepath.Join(dir, c.file), "changed")
		want(t, p, c.name, "changed")
	}
}

func TestRaw(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "s"), "x\n")
	want(t, open(t, docker.Options{Dir: dir, Raw: true}), "s", "x\n")
}

func TestErrors(t *testing.T) {
	dir := t.TempDir()
	must(t, os.MkdirAll(filepath.Join(dir, "directory/below"), 0o755))
	write(t, filepath.Join(dir, "..hidden"), "x")
	p := open(t, docker.Options{Dir: dir})
	for name, class := range map[string]error{
		"absent": secretmux.ErrNotFound, "a/b": secretmux.ErrNotFound, "directory": secretmux.ErrInvalid, "directory/below": secretmux.ErrNotFound,
		"..hidden": secretmux.ErrInvalid, "../x": secretmux.ErrInvalid, "": secretmux.ErrInvalid, "/x": secretmux.ErrInvalid, "a//b": secretmux.ErrInvalid,
	} {
		_, err := p.Get(t.Context(), name)
		many, _ := p.GetMany(t.Context(), []string{"other", name})
		for _, err := range []error{err, many[1].Err} {
			var e *secretmux.Error
			if !errors.Is(err, class) || !errors.As(err, &e) || e.Op == "get" && (e.Name != name || e.Source != foldertest.Link("docker", dir)) {
				t.Errorf("%q: %v, want %v", name, err, class)
			}
		}
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Get(cancelled, "s"); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}

func TestListOfAMissingFolder(t *testing.T) {
	p := open(t, docker.Options{Dir: filepath.Join(t.TempDir(), "gone")})
	if got := list(t, p, ""); len(got) != 0 {
		t.Errorf("it lists %q", got)
	}
}

func list(t *testing.T, p *docker.Provider, prefix string) []string {
	t.Helper()
	var all []string
	for info, err := range p.List(t.Context(), prefix) {
		must(t, err)
		if info.Source != p.String() {
			t.Errorf("the source of %s is %s", info.Name, info.Source)
		}
		all = append(all, info.Name)
	}
	return all
}

func TestList(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"shop_db_password", "shop_db_user", "shop_key", "other", "shop_db/nested", "..hidden"} {
		write(t, filepath.Join(dir, name), "x")
	}
	p := open(t, docker.Options{Dir: dir, Prefix: "shop_"})
	lists := func(prefix string, want ...string) {
		t.Helper()
		if got := list(t, p, prefix); !slices.Equal(got, want) {
			t.Errorf("List(%q) is %q, want %q", prefix, got, want)
		}
	}
	lists("", "db_password", "db_user", "key")
	lists("db/", "db/password", "db/user")
	lists("db_", "db_password", "db_user")
	lists("x")
	want(t, p, "db/user", "x")
	lists("", "db_password", "db/user", "key")
	lists("db/", "db/password", "db/user")
	lists("db_", "db_password")
	for _, name := range list(t, p, "") {
		want(t, p, name, "x")
	}
	must(t, p.Check(t.Context()))
}
