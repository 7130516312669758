package scan_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/internal/measure"
	"github.com/secretmux/secretmux/scan"
)

const leak = "password: " + canary + "\n"

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

// What is staged counts, not what is in the worktree.
func TestStagedReadsTheIndex(t *testing.T) {
	r := newRepo(t)
	r.write("first.txt", leak)
	r.write("cleaned.txt", leak)
	r.git("add", "-A")
	r.write("cleaned.txt", "clean\n")
	report, err := ownScanner(t).Staged(context.Background(), r.dir) // before the first commit
	wantLines(t, report, err, "first.txt:1:11: own-value db/password (raw)", "cleaned.txt:1:11: own-value db/password (raw)")

	r.git("commit", "-q", "-m", "m")
	r.write("dirty.txt", "clean\n")
	r.git("add", "dirty.txt")
	r.write("dirty.txt", leak)
	r.git("mv", "first.txt", "moved.txt")
	report, err = ownScanner(t).Staged(context.Background(), filepath.Join(r.dir, ".git", ".."))
	wantLines(t, report, err, "moved.txt:1:11: own-value db/password (raw)")
	if report.Files != 2 {
		t.Errorf("%d files were read, want the two that changed", report.Files)
	}
}

func TestNothingStaged(t *testing.T) {
	r := newRepo(t)
	r.write("a.txt", leak)
	r.commit("m")
	r.git("rm", "-q", "a.txt")
	report, err := ownScanner(t).Staged(context.Background(), r.dir)
	wantLines(t, report, err)
	if report.Files != 0 || report.Bytes != 0 {
		t.Errorf("a deletion: %d files of %d bytes", report.Files, report.Bytes)
	}
}

// git commit FILE runs its hooks with an index of its own.
func TestStagedInAHook(t *testing.T) {
	r := newRepo(t)
	r.write("a.txt", leak)
	r.git("add", "a.txt")
	other := filepath.Join(t.TempDir(), "index")
	r.write("b.txt", leak)
	t.Setenv("GIT_INDEX_FILE", other)
	r.git("add", "b.txt")
	report, err := ownScanner(t).Staged(context.Background(), r.dir)
	wantLines(t, report, err, "b.txt:1:11: own-value db/password (raw)")

	// Its path is relative to the folder of the hook, not to the one that is scanned.
	if err := os.Rename(other, filepath.Join(r.dir, ".git", "next-index")); err != nil {
		t.Fatal(err)
	}
	r.write("sub/x", "")
	t.Chdir(r.dir)
	t.Setenv("GIT_INDEX_FILE", ".git/next-index")
	t.Setenv("GIT_DIR", ".git")
	report, err = ownScanner(t).Staged(context.Background(), "sub")
	wantLines(t, report, err, "b.txt:1:11: own-value db/password (raw)")
}

func TestHistory(t *testing.T) {
	r := newRepo(t)
	r.write("a.txt", "clean\n")
	r.commit("first")
	r.write("dir/secret.txt", leak)
	leaked := r.commit("leaks")
	r.write("dir/secret.txt", "more\n"+leak)
	r.commit("moves a line")
	r.git("rm", "-q", "dir/secret.txt")
	message := r.commit("the password was " + canary)
	r.write("lost.txt", "lost "+leak)
	r.git("add", "lost.txt")
	blob := r.git("hash-object", "lost.txt")
	r.git("rm", "-q", "-f", "lost.txt")
	r.git("tag", "-a", "v1", "-m", "tag "+canary)

	report, err := ownScanner(t).History(context.Background(), r.dir)
	wantLines(t, report, err,
		"dir/secret.txt:1:11: own-value db/password (raw) in commit "+leaked,
		"message:6:18: own-value db/password (raw) in commit "+message,
		"object "+blob+":1:16: own-value db/password (raw)",
		"object "+r.git("rev-parse", "v1")+":6:5: own-value db/password (raw)",
	)
	bare := filepath.Join(t.TempDir(), "bare.git")
	r.git("clone", "-q", "--bare", ".", bare)
	report, err = ownScanner(t).History(context.Background(), bare)
	if err != nil || len(report.Findings) != 4 {
		t.Errorf("a bare clone: %v, found %q, want the same", err, lines(report))
	}
	if report, err := ownScanner(t).Worktree(context.Background(), bare); !errors.Is(err, secretmux.ErrInvalid) || report.Files != 0 {
		t.Errorf("the worktree of a bare repository: %v after %d files, want ErrInvalid", err, report.Files)
	}
}

// What was taken back is still in the log of references, with its path.
func TestHistoryThatWasTakenBack(t *testing.T) {
	r := newRepo(t)
	r.commit("first")
	r.write("a.txt", leak)
	commit := r.commit("leaks")
	r.git("reset", "-q", "--hard", "HEAD~1")
	report, err := ownScanner(t).History(context.Background(), r.dir)
	wantLines(t, report, err, "a.txt:1:11: own-value db/password (raw) in commit "+commit)
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
		t.Errorf("skipped %v, want what is not checked out", report.Skipped)
	}
}

func TestStrangeNames(t *testing.T) {
	names := []string{"with space.txt", "-rf", "ümlaut.txt", ":(glob)*.txt", "quote\".txt"}
	if runtime.GOOS != "windows" {
		names = append(names, "line\nbreak.txt", "\x1b[2J.txt", "tab\t.txt", "back\\slash")
	}
	if runtime.GOOS == "linux" {
		names = append(names, "not-utf8-\xff\xfe.txt")
	}
	r := newRepo(t)
	for _, name := range names {
		r.write(name, leak)
	}
	s := ownScanner(t)
	check := func(what string, report *scan.Report, err error) {
		t.Helper()
		var got []string
		for _, f := range report.Findings {
			got = append(got, f.Path)
			if strings.ContainsAny(f.String(), "\n\x1b\t") {
				t.Errorf("%s: %q would act on a terminal", what, f.String())
			}
		}
		slices.Sort(got)
		slices.Sort(names)
		if err != nil || !slices.Equal(got, names) {
			t.Errorf("%s: %v, found in %q, want %q", what, err, got, names)
		}
	}
	report, err := s.Worktree(context.Background(), r.dir)
	check("untracked", report, err)
	r.git("add", "-A")
	report, err = s.Staged(context.Background(), r.dir)
	check("staged", report, err)
	r.commit("m")
	report, err = s.History(context.Background(), r.dir)
	paths := map[string]bool{} // one blob, so one finding, of the first name
	for _, f := range report.Findings {
		paths[f.Path] = true
	}
	if err != nil || len(paths) != 1 {
		t.Errorf("history: %v, found in %v", err, paths)
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
		t.Errorf("%d files were read, want the one, once", report.Files)
	}
}

// quiet lets a git command fail.
type quiet struct{ testing.TB }

func (quiet) Helper()               {}
func (quiet) Fatalf(string, ...any) { panic("failed, as it should") }

func TestFoldersThatAreNone(t *testing.T) {
	newRepo(t)
	empty := t.TempDir()
	s := ownScanner(t)
	for name, call := range map[string]func() (*scan.Report, error){
		"no folder":         func() (*scan.Report, error) { return s.Worktree(context.Background(), filepath.Join(empty, "none")) },
		"staged, no folder": func() (*scan.Report, error) { return s.Staged(context.Background(), filepath.Join(empty, "none")) },
		"staged, no repo":   func() (*scan.Report, error) { return s.Staged(context.Background(), empty) },
		"history, no repo":  func() (*scan.Report, error) { return s.History(context.Background(), empty) },
		"worktree of a .git": func() (*scan.Report, error) {
			return s.Worktree(context.Background(), filepath.Join(newRepo(t).dir, ".git"))
		},
	} {
		report, err := call()
		if !errors.Is(err, secretmux.ErrInvalid) || report == nil || report.Bytes != 0 {
			t.Errorf("%s: got %v, want ErrInvalid and an empty report", name, err)
		}
	}
	if _, err := scan.HooksDir(context.Background(), empty); !errors.Is(err, secretmux.ErrInvalid) {
		t.Errorf("HooksDir: got %v, want ErrInvalid", err)
	}
	for name, f := range map[string]func(context.Context, string, ...string) ([]string, error){"Tracked": scan.Tracked, "Ignored": scan.Ignored} {
		if _, err := f(context.Background(), empty, "x"); !errors.Is(err, secretmux.ErrInvalid) {
			t.Errorf("%s: got %v, want ErrInvalid", name, err)
		}
	}
}

func TestWithoutGit(t *testing.T) {
	r := newRepo(t)
	r.write("a.txt", leak)
	t.Setenv("PATH", t.TempDir())
	_, err := ownScanner(t).Worktree(context.Background(), r.dir)
	if !errors.Is(err, secretmux.ErrInvalid) || !strings.Contains(err.Error(), "install git") {
		t.Errorf("got %v, want ErrInvalid that says what to do", err)
	}
}

func TestBrokenRepositoryIsAnError(t *testing.T) {
	r := newRepo(t)
	r.write("a.txt", leak)
	if err := os.WriteFile(filepath.Join(r.dir, ".git", "index"), []byte("not an index"), 0o600); err != nil {
		t.Fatal(err)
	}
	for name, call := range map[string]func(context.Context, string) (*scan.Report, error){
		"worktree": ownScanner(t).Worktree, "staged": ownScanner(t).Staged,
	} {
		if _, err := call(context.Background(), r.dir); !errors.Is(err, secretmux.ErrUnavailable) {
			t.Errorf("%s: got %v, want ErrUnavailable", name, err)
		}
	}
}

func TestCancelled(t *testing.T) {
	r := newRepo(t)
	r.write("a.txt", leak)
	r.commit("m")
	r.git("rm", "-q", "--cached", "a.txt")
	r.git("add", "a.txt")
	r.write("b.txt", leak)
	r.git("add", "b.txt")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	s := ownScanner(t)
	for name, call := range map[string]func(context.Context, string) (*scan.Report, error){
		"worktree": s.Worktree, "staged": s.Staged, "history": s.History,
		"reader": func(ctx context.Context, _ string) (*scan.Report, error) {
			return s.Reader(ctx, "", strings.NewReader(leak))
		},
	} {
		if _, err := call(ctx, r.dir); !errors.Is(err, context.Canceled) {
			t.Errorf("%s: got %v, want context.Canceled", name, err)
		}
	}
	// In the middle: Progress ends the scan after the first file.
	middle, stop := context.WithCancel(context.Background())
	s = newScanner(t, scan.Options{Secrets: secretsOf("db/password", canary), Progress: func(int, int64) { stop() }})
	if report, err := s.Worktree(middle, r.dir); !errors.Is(err, context.Canceled) || report.Files != 1 {
		t.Errorf("in the middle: got %v after %d files, want context.Canceled after 1", err, report.Files)
	}
}

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

// git check-ignore and git ls-files must both be asked.
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
		t.Errorf("of no paths, ignored are %q, %v", ignored, err)
	}
}

func BenchmarkStaged(b *testing.B) {
	r := newRepo(b)
	r.commit("m")
	for i := range 20 {
		r.write(fmt.Sprintf("file-%d.go", i), strings.Repeat("a line of a file of source text\n", 300))
	}
	r.git("add", "-A")
	s := newScanner(b, scan.Options{Secrets: secretsOf("db/password", canary)})
	start := measure.CPU() + measure.ChildrenCPU()
	for b.Loop() {
		if report, err := s.Staged(context.Background(), r.dir); err != nil || report.Files != 20 {
			b.Fatal(err, report.Files)
		}
	}
	b.ReportMetric(float64((measure.CPU()+measure.ChildrenCPU()-start).Milliseconds())/float64(b.N), "cpu-ms/op")
}
