package scan_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/secretmux/secretmux/scan"
)

func TestWorktree(t *testing.T) {
	r := newRepo(t)
	r.write(".gitignore", ".env\nbuild/\n")
	r.write(".env", leak)
	r.write("build/out.txt", leak)
	r.write("tracked.txt", "a\nb "+leak)
	r.write("ignored-but-tracked/.env", leak)
	r.write("clean.txt", "nothing\n")
	r.git("add", "-f", ".gitignore", "tracked.txt", "clean.txt", "ignored-but-tracked/.env")
	r.git("commit", "-q", "-m", "m")
	r.write("untracked/new.txt", leak)
	r.write("deleted.txt", leak)
	r.git("add", "deleted.txt")
	if err := os.Remove(filepath.Join(r.dir, "deleted.txt")); err != nil {
		t.Fatal(err)
	}

	report, err := ownScanner(t).Worktree(context.Background(), r.dir)
	wantLines(t, report, err,
		"tracked.txt:2:13: own-value db/password (raw)",
		"ignored-but-tracked/.env:1:11: own-value db/password (raw)",
		"untracked/new.txt:1:11: own-value db/password (raw)",
	)
	if report.Files != 5 || report.Bytes == 0 || len(report.Skipped) != 0 {
		t.Errorf("%d files of %d bytes, skipped %v; want 5 and nothing skipped", report.Files, report.Bytes, report.Skipped)
	}
	below, err := ownScanner(t).Worktree(context.Background(), filepath.Join(r.dir, "untracked"))
	wantLines(t, below, err, "new.txt:1:11: own-value db/password (raw)")
}

func TestOutsideOfARepository(t *testing.T) {
	r := &repo{t: t, dir: t.TempDir()}
	r.write("a/b.txt", leak)
	r.write(".env", leak)
	r.write("secrets/x", leak)
	r.write("sub/.git/config", leak)
	s := newScanner(t, scan.Options{Secrets: secretsOf("db/password", canary), SkipPaths: []string{".env", "secrets"}})
	report, err := s.Worktree(context.Background(), r.dir)
	wantLines(t, report, err, "a/b.txt:1:11: own-value db/password (raw)")
	if report.Files != 1 {
		t.Errorf("%d files were read, want 1", report.Files)
	}
}

func TestLinkedWorktreeAndSubmodule(t *testing.T) {
	sub := newRepo(t)
	sub.write("s.txt", leak)
	sub.commit("m")
	r := newRepo(t)
	r.write("main.txt", "clean\n")
	r.commit("m")
	r.git("submodule", "add", "-q", sub.dir, "sub")
	linked := filepath.Join(t.TempDir(), "linked")
	r.git("worktree", "add", "-q", linked)
	if err := os.WriteFile(filepath.Join(linked, "w.txt"), []byte(leak), 0o600); err != nil {
		t.Fatal(err)
	}
	r.gitIn(linked, "add", "w.txt")

	s := ownScanner(t)
	report, err := s.Worktree(context.Background(), linked)
	wantLines(t, report, err, "w.txt:1:11: own-value db/password (raw)")
	report, err = s.Staged(context.Background(), linked)
	wantLines(t, report, err, "w.txt:1:11: own-value db/password (raw)")

	for name, scanIt := range map[string]func(context.Context, string) (*scan.Report, error){"worktree": s.Worktree, "staged": s.Staged} {
		report, err = scanIt(context.Background(), r.dir)
		wantLines(t, report, err)
		if len(report.Skipped) != 1 || report.Skipped[0].Path != "sub" || !strings.Contains(report.Skipped[0].Why, "submodule") {
			t.Errorf("%s: skipped %v, want the submodule", name, report.Skipped)
		}
	}
}

func TestRepositoryInRepository(t *testing.T) {
	r := newRepo(t)
	r.write("inner/x.txt", leak)
	r.gitIn(filepath.Join(r.dir, "inner"), "init", "-q")
	report, err := ownScanner(t).Worktree(context.Background(), r.dir)
	wantLines(t, report, err)
	if len(report.Skipped) != 1 || report.Skipped[0].Path != "inner/" {
		t.Errorf("skipped %v, want the repository", report.Skipped)
	}
}

func TestSparseCheckout(t *testing.T) {
	r := newRepo(t)
	r.write("in/a.txt", leak)
	r.write("out/b.txt", leak)
	r.commit("m")
	r.git("sparse-checkout", "set", "in")
	report, err := ownScanner(t).Worktree(context.Background(), r.dir)
	wantLines(t, report, err, "in/a.txt:1:11: own-value db/password (raw)")
	if len(report.Skipped) != 1 || report.Skipped[0].Path != "out/b.txt" {
		t.Errorf("skipped %v, want the file that is not checked out", report.Skipped)
	}
}

func TestConflict(t *testing.T) {
	r := newRepo(t)
	r.write("a.txt", "base\n")
	r.commit("base")
	r.git("checkout", "-q", "-b", "other")
	r.write("a.txt", "other\n")
	r.commit("other")
	r.git("checkout", "-q", "main")
	r.write("a.txt", leak)
	r.commit("ours")
	r.git("config", "merge.conflictStyle", "merge")
	func() {
		defer func() { _ = recover() }()
		r2 := &repo{t: quiet{t}, dir: r.dir}
		r2.git("merge", "other")
	}()
	report, err := ownScanner(t).Worktree(context.Background(), r.dir)
	wantLines(t, report, err, "a.txt:2:11: own-value db/password (raw)")
	if report.Files != 1 {
		t.Errorf("%d files were read, want 1", report.Files)
	}
}

// quiet runs a git command that may fail.
type quiet struct{ testing.TB }

func (quiet) Helper()               {}
func (quiet) Fatalf(string, ...any) { panic("failed, as expected") }
