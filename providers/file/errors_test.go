package file_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/file"
	"github.com/secretmux/secretmux/testing/conformance"
)

const canary = "canary-6b1f"

func TestErrors(t *testing.T) {
	for _, c := range []struct {
		what  string
		build func(t *testing.T, dir string)
		name  string
		class error
	}{
		{"absent file", nil, "s", secretmux.ErrNotFound},
		{"absent directory", nil, "a/b/s", secretmux.ErrNotFound},
		{"below a file", files("a"), "a/b", secretmux.ErrNotFound},
		{"dangling link", links("gone", "s"), "s", secretmux.ErrNotFound},
		{"directory", files("s/x"), "s", secretmux.ErrInvalid},
		{"link to the folder", links(".", "s"), "s", secretmux.ErrInvalid},
		{"dangling link with a value for a target", links(canary+"/"+canary, "s"), "s", secretmux.ErrNotFound},
		{"link out with a value for a target", links("../"+canary, "s"), "s", secretmux.ErrInvalid},
		{"link to a directory with a value for a name", linkToDirectory, "s", secretmux.ErrInvalid},
		{"generation with a value for a name", brokenGeneration, "s", secretmux.ErrUnavailable},
		{"relative link out", links("../outside", "s"), "s", secretmux.ErrInvalid},
		{"absolute link out", links("/etc/hostname", "s"), "s", secretmux.ErrInvalid},
		{"absolute link inside", absoluteLink, "s", secretmux.ErrInvalid},
		{"directory link out", links("..", "d"), "d/outside", secretmux.ErrInvalid},
		{"link loop", links("s", "s"), "s", secretmux.ErrInvalid},
		{"long segment", nil, strings.Repeat("n", 300), secretmux.ErrInvalid},
		{"over 1 MiB", sized(1<<20 + 1), "s", secretmux.ErrTooLarge},
		{"2 MiB", sized(2 << 20), "s", secretmux.ErrTooLarge},
		{"hidden", files("..x"), "..x", secretmux.ErrInvalid},
		{"hidden directory", files("..data/s"), "..data/s", secretmux.ErrInvalid},
		{"hidden below", files("a/..b/s"), "a/..b/s", secretmux.ErrInvalid},
		{"three dots", nil, "...", secretmux.ErrInvalid},
		{"parent", nil, "../outside", secretmux.ErrInvalid},
		{"parent inside", files("a/x", "s"), "a/../s", secretmux.ErrInvalid},
		{"absolute", nil, "/etc/hostname", secretmux.ErrInvalid},
		{"double slash", files("a/b"), "a//b", secretmux.ErrInvalid},
		{"nul", nil, "a\x00b", secretmux.ErrInvalid},
		{"empty", nil, "", secretmux.ErrInvalid},
	} {
		t.Run(c.what, func(t *testing.T) {
			above := t.TempDir()
			write(t, filepath.Join(above, "outside"), canary)
			dir := filepath.Join(above, "dir")
			must(t, os.Mkdir(dir, 0o755))
			if c.build != nil {
				c.build(t, dir)
			}
			refuses(t, dir, c.name, c.class)
		})
	}
}

func TestFolderErrors(t *testing.T) {
	dir := t.TempDir()
	files("plain")(t, dir)
	links("loop", "loop")(t, dir)
	for path, class := range map[string]error{
		"gone": secretmux.ErrUnavailable, "plain": secretmux.ErrInvalid, "loop": secretmux.ErrInvalid, "plain/below": secretmux.ErrInvalid,
	} {
		t.Run(path, func(t *testing.T) {
			at := filepath.Join(dir, path)
			refuses(t, at, "s", class)
			if err := open(t, at).Check(t.Context()); !errors.Is(err, class) {
				t.Errorf("Check says %v, want %v", err, class)
			}
		})
	}
}

// refuses fails the test unless Get and GetMany give this class, and GetMany still
// returns a good name.
func refuses(t *testing.T, dir, name string, class error) {
	t.Helper()
	p := open(t, dir)
	s, err := p.Get(t.Context(), name)
	if !errors.Is(err, class) || !errors.Is(secretmux.ClassOf(err), class) || !s.IsZero() {
		t.Fatalf("Get says %v, want %v", err, class)
	}
	conformance.NoLeak(t, err, canary)
	many, err := p.GetMany(t.Context(), []string{"fine", name})
	if err != nil || len(many) != 2 || many[1].Name != name || !errors.Is(many[1].Err, class) {
		t.Errorf("GetMany says %v, %v, want %v", many, err, class)
	}
}

func TestNew(t *testing.T) {
	for _, dir := range []string{"", "a\x00b"} {
		if _, err := file.New(file.Options{Dir: dir}); !errors.Is(err, secretmux.ErrInvalid) {
			t.Errorf("New(%q) says %v", dir, err)
		}
	}
}

func TestCancelled(t *testing.T) {
	dir := t.TempDir()
	files("s")(t, dir)
	p := open(t, dir)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, got := p.Get(ctx, "s")
	many, _ := p.GetMany(ctx, []string{"s"})
	for _, err := range []error{got, many[0].Err, p.Check(ctx)} {
		if !errors.Is(err, context.Canceled) || secretmux.ClassOf(err) != nil {
			t.Errorf("%v is not the caller's cancellation", err)
		}
	}
}

func files(names ...string) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		for _, name := range names {
			write(t, filepath.Join(dir, name), canary)
		}
	}
}

func links(target, name string) func(*testing.T, string) {
	return func(t *testing.T, dir string) { must(t, os.Symlink(target, filepath.Join(dir, name))) }
}

func linkToDirectory(t *testing.T, dir string) {
	files(canary+"/x")(t, dir)
	links(canary, "s")(t, dir)
}

// brokenGeneration is a volume whose ..data leads to a directory that does not exist.
func brokenGeneration(t *testing.T, dir string) {
	links(".."+canary, "..data")(t, dir)
	links("..data/s", "s")(t, dir)
}

func absoluteLink(t *testing.T, dir string) {
	files("inside")(t, dir)
	links(filepath.Join(dir, "inside"), "s")(t, dir)
}

func sized(n int) func(*testing.T, string) {
	return func(t *testing.T, dir string) {
		write(t, filepath.Join(dir, "s"), canary+strings.Repeat("x", n-len(canary)))
	}
}
