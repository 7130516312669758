package scan_test

import (
	"context"
	"path/filepath"
	"slices"
	"testing"

	"github.com/secretmux/secretmux/scan"
)

func TestHooksDir(t *testing.T) {
	r := newRepo(t)
	r.commit("m")
	linked := filepath.Join(t.TempDir(), "linked")
	r.git("worktree", "add", "-q", linked)
	r.write("sub/x", "")
	want, err := filepath.EvalSymlinks(filepath.Join(r.dir, ".git"))
	if err != nil {
		t.Fatal(err)
	}
	for _, dir := range []string{r.dir, linked, filepath.Join(r.dir, "sub")} {
		got, err := scan.HooksDir(context.Background(), dir)
		if parent, _ := filepath.EvalSymlinks(filepath.Dir(got)); err != nil || parent != want || filepath.Base(got) != "hooks" {
			t.Errorf("from %s: got %s and %v, want the hooks of %s", dir, got, err, want)
		}
	}
	r.git("config", "core.hooksPath", ".githooks")
	if got, err := scan.HooksDir(context.Background(), r.dir); err != nil || filepath.Base(got) != ".githooks" {
		t.Errorf("with core.hooksPath: got %s and %v", got, err)
	}
}

// git check-ignore does not see that a path is tracked, and git ls-files does not
// see ignore rules.
func TestTrackedAndIgnored(t *testing.T) {
	r := newRepo(t)
	r.write(".gitignore", "*.env\n")
	r.write("tracked.env", "x")
	r.write("dir/file", "x")
	r.git("add", "-f", "tracked.env", "dir/file")
	r.write("untracked.env", "x")
	r.write("free", "x")
	all := []string{"tracked.env", "untracked.env", "free", "dir", "*.env", "none"}
	tracked, err := scan.Tracked(context.Background(), r.dir, all...)
	if want := []string{"tracked.env", "dir"}; err != nil || !slices.Equal(tracked, want) {
		t.Errorf("tracked are %q, %v; want %q", tracked, err, want)
	}
	ignored, err := scan.Ignored(context.Background(), r.dir, all...)
	if want := []string{"tracked.env", "untracked.env", "*.env"}; err != nil || !slices.Equal(ignored, want) {
		t.Errorf("ignored are %q, %v; want %q", ignored, err, want)
	}
	if ignored, err := scan.Ignored(context.Background(), r.dir, "free"); err != nil || len(ignored) != 0 {
		t.Errorf("ignored are %q, %v; want none", ignored, err)
	}
	if ignored, err := scan.Ignored(context.Background(), r.dir); err != nil || len(ignored) != 0 {
		t.Errorf("without paths: ignored are %q, %v", ignored, err)
	}
}
