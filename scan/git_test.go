package scan_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/scan"
)

const leak = "password: " + canary + "\n"

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
				t.Errorf("%s: %q would control a terminal", what, f.String())
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
	paths := map[string]bool{} // the files are one blob, so there is one finding, with the first name
	for _, f := range report.Findings {
		paths[f.Path] = true
	}
	if err != nil || len(paths) != 1 {
		t.Errorf("history: %v, found in %v", err, paths)
	}
}

func TestInvalidFolders(t *testing.T) {
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
		t.Errorf("got %v, want ErrInvalid with a hint", err)
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
