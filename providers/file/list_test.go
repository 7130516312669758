package file_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/file"
)

func names(t *testing.T, p secretmux.Provider, prefix string) []string {
	t.Helper()
	var all []string
	for info, err := range secretmux.List(t.Context(), p, prefix) {
		must(t, err)
		if info.Source == "" || info.Version != "" {
			t.Errorf("%+v has no source, or a version", info)
		}
		all = append(all, info.Name)
	}
	return all
}

func TestList(t *testing.T) {
	v := newVolume(t, map[string]string{"password": "1", "db/user": "2", "db/deep/key": "3"})
	odd := []string{"sub/what?", "sub/end "} // no reference has these names
	if runtime.GOOS == "windows" {
		odd = nil // and no file there has them
	}
	for _, name := range append(odd, "plain", "dbx", "..hidden", "sub/..hidden", "sub/..dir/x", ".dot") {
		write(t, filepath.Join(v.dir, name), "x")
	}
	for link, target := range map[string]string{
		"gone": "nowhere", "out": "/etc/hostname", "up": "..", "me": "me", "alias": "sub", "sub/back": "..", "self": ".",
	} {
		must(t, os.Symlink(target, filepath.Join(v.dir, link)))
	}
	write(t, filepath.Join(v.dir, "sub/real"), "x")
	p := open(t, v.dir)
	for prefix, want := range map[string][]string{
		"":        {".dot", "alias/real", "db/deep/key", "db/user", "dbx", "password", "plain", "sub/real"},
		"db":      {"db/deep/key", "db/user", "dbx"},
		"db/":     {"db/deep/key", "db/user"},
		"db/deep": {"db/deep/key"},
		"p":       {"password", "plain"},
		"plain":   {"plain"},
		"plain/":  nil,
		"..":      nil,
		"/":       nil,
		"zzz":     nil,
	} {
		if got := names(t, p, prefix); !slices.Equal(got, want) {
			t.Errorf("List(%q) is %q, want %q", prefix, got, want)
		}
	}
	for _, name := range names(t, p, "") {
		get(t, p, name)
	}
	for range p.List(t.Context(), "") {
		break
	}
}

func TestListOfNothing(t *testing.T) {
	if got := names(t, open(t, t.TempDir()), ""); len(got) != 0 {
		t.Errorf("an empty folder lists %q", got)
	}
}

func TestListFails(t *testing.T) {
	dir := t.TempDir()
	files("a", "b")(t, dir)
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	if err := listError(cancelled, open(t, dir)); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	if err := listError(t.Context(), open(t, filepath.Join(dir, "a"))); !errors.Is(err, secretmux.ErrInvalid) {
		t.Error(err)
	}
}

func listError(ctx context.Context, p *file.Provider) (last error) {
	n := 0
	for _, err := range p.List(ctx, "") {
		last = err
		n++
	}
	if n > 1 {
		return errors.New("it went on after an error")
	}
	return last
}
