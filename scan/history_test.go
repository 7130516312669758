package scan_test

import (
	"context"
	"errors"
	"path/filepath"
	"testing"

	"github.com/secretmux/secretmux"
)

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

// A commit that was undone is still in the log of references, with its path.
func TestHistoryOfAnUndoneCommit(t *testing.T) {
	r := newRepo(t)
	r.commit("first")
	r.write("a.txt", leak)
	commit := r.commit("leaks")
	r.git("reset", "-q", "--hard", "HEAD~1")
	report, err := ownScanner(t).History(context.Background(), r.dir)
	wantLines(t, report, err, "a.txt:1:11: own-value db/password (raw) in commit "+commit)
}
