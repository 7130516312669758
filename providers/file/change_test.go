package file_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/secretmux/secretmux"
)

func TestRewriteThatKeepsSizeAndTime(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "s")
	write(t, path, "aaaa")
	p := open(t, dir)
	before := want(t, p, "s", "aaaa")
	old, err := os.Stat(path)
	must(t, err)
	must(t, os.WriteFile(path, []byte("bbbb"), 0o600))
	must(t, os.Chtimes(path, old.ModTime(), old.ModTime()))
	now, err := os.Stat(path)
	must(t, err)
	if !os.SameFile(old, now) || !now.ModTime().Equal(old.ModTime()) || now.Size() != old.Size() {
		t.Fatal("the rewrite can be told by other means than its content")
	}
	if after := want(t, p, "s", "bbbb"); after.Version() == before.Version() {
		t.Error("the version stayed")
	}
}

func TestRenameOver(t *testing.T) {
	dir := t.TempDir()
	p := open(t, dir)
	versions := map[string]bool{}
	for _, value := range []string{"one", "two", "two", "three"} {
		write(t, filepath.Join(dir, "s"), value)
		versions[want(t, p, "s", value).Version()] = true
	}
	if len(versions) != 3 {
		t.Errorf("3 values have %d versions", len(versions))
	}
}

func TestFolderComesGoesAndIsReplaced(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "secrets")
	p := open(t, dir)
	gone := func() {
		t.Helper()
		if _, err := p.Get(t.Context(), "s"); !errors.Is(err, secretmux.ErrUnavailable) {
			t.Fatalf("the folder is gone, Get says %v", err)
		}
	}
	gone()
	write(t, filepath.Join(dir, "s"), "late")
	want(t, p, "s", "late")
	must(t, os.RemoveAll(dir))
	gone()
	write(t, filepath.Join(dir, "s"), "again")
	want(t, p, "s", "again")
	write(t, filepath.Join(dir+".new", "s"), "renamed")
	must(t, os.Rename(dir, dir+".old"))
	must(t, os.Rename(dir+".new", dir))
	want(t, p, "s", "renamed")
	must(t, os.RemoveAll(dir))
	must(t, os.Symlink(dir+".old", dir))
	want(t, p, "s", "again")
}

func TestFileComesAndGoes(t *testing.T) {
	dir := t.TempDir()
	p := open(t, dir)
	for range 2 {
		if _, err := p.Get(t.Context(), "s"); !errors.Is(err, secretmux.ErrNotFound) {
			t.Fatal(err)
		}
		write(t, filepath.Join(dir, "s"), "")
		if s := want(t, p, "s", ""); s.IsZero() {
			t.Error("an empty file is not a value")
		}
		must(t, os.Remove(filepath.Join(dir, "s")))
	}
}
