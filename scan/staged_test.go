package scan_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/secretmux/secretmux/internal/measure"
	"github.com/secretmux/secretmux/scan"
)

// Staged scans the staged files, not the worktree.
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

// git commit FILE runs its hooks with a separate index.
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

	// The path of the index is relative to the folder of the hook, not to the
	// folder that is scanned.
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
