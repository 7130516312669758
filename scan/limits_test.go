package scan_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/scan"
	"github.com/secretmux/secretmux/testing/conformance"
)

func TestNothingScannedIsVisible(t *testing.T) {
	report := scanText(t, ownScanner(t), "")
	if report.Bytes != 0 || report.Files != 1 {
		t.Errorf("an empty reader: %d files of %d bytes", report.Files, report.Bytes)
	}
	r := newRepo(t)
	if report, err := ownScanner(t).Worktree(context.Background(), r.dir); err != nil || report.Bytes != 0 || report.Files != 0 {
		t.Errorf("an empty repository: %v, %d files of %d bytes", err, report.Files, report.Bytes)
	}
}

func TestLongFileIsCutAndReported(t *testing.T) {
	s := newScanner(t, scan.Options{Secrets: secretsOf("db/password", canary), MaxFileSize: 1000})
	report := scanText(t, s, canary+strings.Repeat(".", 2000)+canary)
	if len(report.Findings) != 1 || report.Bytes != 1000 || len(report.Skipped) != 1 || report.Skipped[0].Path != "file" {
		t.Errorf("found %q in %d bytes, skipped %v; want the first, 1000 and the file", lines(report), report.Bytes, report.Skipped)
	}
	if exact := scanText(t, s, strings.Repeat(".", 1000)); len(exact.Skipped) != 0 {
		t.Errorf("a file of exactly that size: skipped %v", exact.Skipped)
	}
	all := newScanner(t, scan.Options{Secrets: secretsOf("db/password", canary), MaxFileSize: -1})
	if report := scanText(t, all, strings.Repeat(".", 200000)+canary); len(report.Findings) != 1 || len(report.Skipped) != 0 {
		t.Errorf("without a limit: found %q, skipped %v", lines(report), report.Skipped)
	}
}

func TestMaxFindings(t *testing.T) {
	text := strings.Repeat(canary+"\n", 50)
	for limit, want := range map[int]int{0: 50, 20: 20, -1: 50} {
		s := newScanner(t, scan.Options{Secrets: secretsOf("db/password", canary), MaxFindings: limit})
		report := scanText(t, s, text)
		if len(report.Findings) != want || report.More != 50-want {
			t.Errorf("MaxFindings %d: %d findings and %d more", limit, len(report.Findings), report.More)
		}
	}
}

func TestArchivesAreCounted(t *testing.T) {
	r := &repo{t: t, dir: t.TempDir()}
	r.write("a.zip", "PK\x03\x04....")
	r.write("b.gz", "\x1f\x8b....")
	r.write("c.txt", "text PK\x03\x04")
	report, err := ownScanner(t).Worktree(context.Background(), r.dir)
	if err != nil || report.Archives != 2 {
		t.Errorf("%v, %d archives, want 2", err, report.Archives)
	}
}

func TestProgress(t *testing.T) {
	r := &repo{t: t, dir: t.TempDir()}
	r.write("a", "12345")
	r.write("b", "123")
	var told []string
	s := newScanner(t, scan.Options{Progress: func(files int, bytes int64) { told = append(told, fmt.Sprint(files, " ", bytes)) }})
	if _, err := s.Worktree(context.Background(), r.dir); err != nil || strings.Join(told, ",") != "1 5,2 8" {
		t.Errorf("%v, told %q", err, told)
	}
}

func TestReaderThatFails(t *testing.T) {
	broken := errors.New("the network went away")
	report, err := ownScanner(t).Reader(context.Background(), "file", io.MultiReader(
		strings.NewReader(canary+strings.Repeat(".", 100000)), iotest.ErrReader(broken)))
	if !errors.Is(err, broken) || !errors.Is(err, secretmux.ErrUnavailable) || len(report.Findings) != 1 {
		t.Errorf("got %v with %q, want the reader's error and the earlier findings", err, lines(report))
	}
}

// A secret in the name of a file must be masked when the name is shown.
func TestSecretInAPath(t *testing.T) {
	const name = "Vw8kPj2mLr6tYb9n"
	s := newScanner(t, scan.Options{Secrets: secretsOf("api/key", name)})
	r := newRepo(t)
	r.write("dump-"+name+"/x-"+name+".txt", "a\n"+name+"\n")
	report, err := s.Worktree(context.Background(), r.dir)
	wantLines(t, report, err,
		"dump-[redacted]/x-[redacted].txt: own-value api/key (raw) in the path",
		"dump-[redacted]/x-[redacted].txt: own-value api/key (raw) in the path",
		"dump-[redacted]/x-[redacted].txt:2:1: own-value api/key (raw)",
	)
	r.write(name+"/inner/x", "")
	r.gitIn(filepath.Join(r.dir, name, "inner"), "init", "-q")
	if report, err := s.Worktree(context.Background(), r.dir); err != nil || len(report.Skipped) != 1 || report.Skipped[0].Path != "[redacted]/inner/" {
		t.Errorf("%v, skipped %v, want the repository inside, masked", err, report.Skipped)
	}
	if err := os.RemoveAll(filepath.Join(r.dir, name)); err != nil {
		t.Fatal(err)
	}
	commit := r.commit("m")
	report, err = s.History(context.Background(), r.dir)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Join(lines(report), "\n")
	if strings.Contains(text, "Vw8k") || !strings.Contains(text, "dump-[redacted]/x-[redacted].txt:2:1: own-value api/key (raw) in commit "+commit) {
		t.Errorf("the history: found\n%s", text)
	}
	if text := fmt.Sprintf("%+v %#v", report, report.Findings); strings.Contains(text, "Vw8k") {
		t.Errorf("a print of the report holds the value: %s", text)
	}
}

func TestMalformedOptions(t *testing.T) {
	const bad = "Zq4xVw8kPj2mLr6tYb9nHd3f\n"
	for name, secrets := range map[string]map[string]secretmux.Secret{
		"a malformed name": secretsOf(bad, "value-of-it"), "the zero Secret": {"a": {}},
	} {
		_, err := scan.New(scan.Options{Secrets: secrets})
		if !errors.Is(err, secretmux.ErrInvalid) {
			t.Errorf("%s: got %v, want ErrInvalid", name, err)
		}
		conformance.NoLeak(t, err, strings.TrimSpace(bad))
	}
}

// When a scan has ended, only digests of the values are left in memory.
func TestHeapHoldsNoValue(t *testing.T) {
	s := scannerOfManyForms(t)
	if report := scanText(t, s, "nothing here\n"); len(report.Findings) != 0 {
		t.Fatal("found something")
	}
	heap := heapDump(t)
	for _, piece := range valuePieces() {
		if strings.Contains(heap, piece) {
			t.Errorf("the heap holds a piece of a form of %d bytes", len(piece))
		}
	}
	if !strings.Contains(heap, "marker-that-is-"+"in-the-heap") {
		t.Error("the dump misses a string that is in memory, so the test proves nothing")
	}
	runtime.KeepAlive(s)
	runtime.KeepAlive(marker)
}

var marker = strings.Join([]string{"marker", "that", "is", "in", "the", "heap"}, "-")

// heapValue joins pieces, so that the whole value is not a constant of the program.
func heapValue() string { return strings.Join([]string{"uV7x", "Kp2q", "Zr9w", "Tn4m"}, "#") }

func valuePieces() []string {
	v := heapValue()
	return []string{v[2:16], fmt.Sprintf("%x", v)[4:28]}
}

func scannerOfManyForms(t *testing.T) *scan.Scanner {
	return newScanner(t, scan.Options{Secrets: secretsOf("a", heapValue(), "doc", `{"password":"`+heapValue()+`"}`)})
}

// heapDump returns the objects that are reachable.
func heapDump(t *testing.T) string {
	t.Helper()
	runtime.GC()
	runtime.GC()
	f, err := os.Create(filepath.Join(t.TempDir(), "heap"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	debug.WriteHeapDump(f.Fd())
	dump, err := os.ReadFile(f.Name())
	if err != nil {
		t.Fatal(err)
	}
	return string(dump)
}

func TestScannerPrintsNothing(t *testing.T) {
	s := ownScanner(t)
	for _, verb := range []string{"%v", "%+v", "%#v", "%s"} {
		if text := fmt.Sprintf(verb, s); strings.Contains(text, "Vw8k") || strings.Contains(text, "db/password") && verb == "%v" {
			t.Errorf("%s prints %q", verb, text)
		}
	}
}
