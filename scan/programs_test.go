//go:build unix

package scan_test

import (
	"context"
	"encoding/hex"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/scan"
	"github.com/secretmux/secretmux/testing/conformance"
)

// hostile makes a repository with a configuration that names a program in every
// place where it can. The program notes that it ran.
func hostile(t *testing.T) (r *repo, ran func() string) {
	t.Helper()
	tools := t.TempDir()
	note := filepath.Join(tools, "ran")
	program := filepath.Join(tools, "program")
	if err := os.WriteFile(program, []byte("#!/bin/sh\necho \"$0 $*\" >>"+note+"\nexit 0\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	r = newRepo(t)
	r.write("a.txt", leak)
	r.write(".gitattributes", "*.txt filter=evil diff=evil merge=evil\n")
	r.git("add", "-A")
	r.git("commit", "-q", "-m", "m")
	r.write("b.txt", "b\n"+leak)
	r.git("add", "b.txt")
	hooks := filepath.Join(r.dir, "hooks")
	if err := os.Mkdir(hooks, 0o700); err != nil {
		t.Fatal(err)
	}
	for _, hook := range []string{"post-index-change", "pre-commit", "post-checkout", "reference-transaction", "fsmonitor-watchman"} {
		if err := os.Symlink(program, filepath.Join(hooks, hook)); err != nil {
			t.Fatal(err)
		}
	}
	for _, setting := range [][2]string{
		{"core.hooksPath", hooks},
		{"core.pager", program},
		{"core.editor", program},
		{"core.sshCommand", program},
		{"core.askPass", program},
		{"core.gitProxy", program},
		{"core.alternateRefsCommand", program},
		{"credential.helper", program},
		{"diff.external", program},
		{"diff.evil.command", program},
		{"diff.evil.textconv", program},
		{"filter.evil.clean", program},
		{"filter.evil.smudge", program},
		{"filter.evil.process", program},
		{"filter.evil.required", "true"},
		{"merge.evil.driver", program},
		{"gpg.program", program},
		{"log.showSignature", "true"},
		{"pager.ls-files", program},
		{"pager.diff-index", program},
		{"pager.cat-file", program},
		{"pager.rev-list", program},
		{"pager.diff-tree", program},
		{"alias.ls-files", "!" + program},
		{"alias.cat-file", "!" + program},
		{"alias.diff-index", "!" + program},
		{"uploadpack.packObjectsHook", program},
		{"remote.origin.url", "ext::" + program},
		{"remote.origin.uploadpack", program},
		{"remote.origin.promisor", "true"},
		{"remote.origin.partialclonefilter", "blob:none"},
		{"extensions.partialClone", "origin"},
		{"core.repositoryFormatVersion", "1"},
		{"protocol.ext.allow", "always"},
		{"protocol.allow", "always"},
		{"sequence.editor", program},
		{"trailer.x.command", program},
		{"interactive.diffFilter", program},
		{"submodule.recurse", "true"},
		{"core.fsmonitor", program},
	} {
		r.git("config", setting[0], setting[1])
	}
	return r, func() string {
		text, _ := os.ReadFile(note)
		_ = os.Remove(note)
		return string(text)
	}
}

func TestNoProgramOfARepositoryRuns(t *testing.T) {
	r, ran := hostile(t)
	// The programs really run: git status runs the monitor, and git add runs the
	// filter.
	r.write("c.txt", "clean\n")
	for _, args := range [][]string{{"status"}, {"add", "c.txt"}} {
		out := gitAsItIs(t, r.dir, args...)
		if ran() == "" {
			t.Fatalf("git %v ran no program, so this test proves nothing:\n%s", args, out)
		}
	}
	aBlob := strings.Fields(gitAsItIs(t, r.dir, "ls-files", "-s", "a.txt"))[1]
	// A partial clone fetches an object that is missing.
	blob := strings.Fields(gitAsItIs(t, r.dir, "ls-files", "-s", "b.txt"))[1]
	if err := os.Remove(filepath.Join(r.dir, ".git", "objects", blob[:2], blob[2:])); err != nil {
		t.Fatal(err)
	}
	_ = gitAsItIs(t, r.dir, "cat-file", "-p", blob)
	if ran() == "" {
		t.Fatal("git fetches nothing for a missing object, so this test proves nothing")
	}

	s := newScanner(t, scan.Options{Secrets: secretsOf("db/password", canary)})
	ctx := context.Background()
	for name, call := range map[string]func() error{
		"worktree": func() error { _, err := s.Worktree(ctx, r.dir); return err },
		"staged":   func() error { _, err := s.Staged(ctx, r.dir); return err },
		"history":  func() error { _, err := s.History(ctx, r.dir); return err },
		"object":   func() error { _, err := scan.Object(ctx, r.dir, aBlob, 100); return err },
		"hooks":    func() error { _, err := scan.HooksDir(ctx, r.dir); return err },
		"tracked":  func() error { _, err := scan.Tracked(ctx, r.dir, "a.txt", "b.txt"); return err },
		"ignored":  func() error { _, err := scan.Ignored(ctx, r.dir, "a.txt"); return err },
	} {
		t.Run(name, func(t *testing.T) {
			err := call()
			if text := ran(); text != "" {
				t.Errorf("a program of the repository ran:\n%s", text)
			}
			if err != nil {
				t.Error(err)
			}
		})
	}
	report, err := s.Worktree(ctx, r.dir)
	if err != nil || len(report.Findings) != 2 {
		t.Errorf("the worktree: %v, found %q, want both files", err, lines(report))
	}
	report, err = s.Staged(ctx, r.dir)
	if err != nil || len(report.Skipped) != 1 || report.Skipped[0].Path != "b.txt" {
		t.Errorf("staged: %v, skipped %v, want the object that is missing in this clone", err, report.Skipped)
	}
}

// gitAsItIs runs git with all of the repository's configuration.
func gitAsItIs(t *testing.T, dir string, args ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, "git", args...)
	cmd.Dir = dir
	out, _ := cmd.Output()
	return string(out)
}

// The environment of this process may hold secrets. git does not get them.
func TestGitGetsNoSecretsFromTheEnvironment(t *testing.T) {
	tools := t.TempDir()
	note := filepath.Join(tools, "environment")
	if err := os.WriteFile(filepath.Join(tools, "git"), []byte("#!/bin/sh\nenv >>"+note+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	r := newRepo(t)
	t.Setenv("PATH", tools+":"+os.Getenv("PATH"))
	t.Setenv("DB_PASSWORD", canary)
	t.Setenv("GIT_SSH_COMMAND", "program")
	t.Setenv("GIT_EXTERNAL_DIFF", "program")
	if _, err := ownScanner(t).Worktree(context.Background(), r.dir); err != nil {
		t.Fatal(err)
	}
	env, err := os.ReadFile(note)
	if err != nil {
		t.Fatal(err)
	}
	if text := string(env); strings.Contains(text, "Vw8k") || strings.Contains(text, "=program") || !strings.Contains(text, "HOME=") {
		t.Errorf("git got variables that it must not get:\n%s", text)
	}
}

// The output of git decides the class. The error does not quote it, because it may
// quote a file.
func TestGitThatRefuses(t *testing.T) {
	for complaint, class := range map[string]error{
		"fatal: detected dubious ownership in repository at '/x'": secretmux.ErrDenied,
		"fatal: bad object " + canary:                             secretmux.ErrUnavailable,
		"fatal: this operation must be run in a work tree":        secretmux.ErrInvalid,
	} {
		tools := t.TempDir()
		script := "#!/bin/sh\nprintf '%s\\n' \"" + strings.ReplaceAll(complaint, `"`, `\"`) + "\" >&2\nexit 128\n"
		if err := os.WriteFile(filepath.Join(tools, "git"), []byte(script), 0o700); err != nil {
			t.Fatal(err)
		}
		r := newRepo(t)
		t.Run(class.Error(), func(t *testing.T) {
			t.Setenv("PATH", tools+":"+os.Getenv("PATH"))
			_, err := ownScanner(t).Worktree(context.Background(), r.dir)
			if !errors.Is(err, class) {
				t.Errorf("got %v, want %v", err, class)
			}
			conformance.NoLeak(t, err, canary)
		})
	}
}

// A FIFO would make the scan wait forever, and a link may lead out of the folder.
func TestIrregularFiles(t *testing.T) {
	outside := filepath.Join(t.TempDir(), "outside.txt")
	if err := os.WriteFile(outside, []byte(leak), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, inGit := range []bool{false, true} {
		r := &repo{t: t, dir: t.TempDir()}
		if inGit {
			r = newRepo(t)
		}
		if err := syscall.Mkfifo(filepath.Join(r.dir, ".env"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(outside, filepath.Join(r.dir, "link")); err != nil {
			t.Fatal(err)
		}
		if err := os.Symlink(hex.EncodeToString([]byte(canary)), filepath.Join(r.dir, "telling")); err != nil {
			t.Fatal(err)
		}
		r.write("unreadable", leak)
		if err := os.Chmod(filepath.Join(r.dir, "unreadable"), 0); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
		defer cancel()
		report, err := ownScanner(t).Worktree(ctx, r.dir)
		if err != nil {
			t.Fatal(err)
		}
		skipped := map[string]string{}
		for _, s := range report.Skipped {
			skipped[s.Path] = s.Why
		}
		if !inGit && skipped[".env"] != "it is not a regular file" { // git does not list a FIFO
			t.Errorf("in git %t: skipped %v, want the FIFO", inGit, skipped)
		}
		if os.Getuid() != 0 && skipped["unreadable"] != "it can't be read" {
			t.Errorf("in git %t: skipped %v, want the file without permission", inGit, skipped)
		}
		findings := strings.Join(lines(report), "\n")
		if strings.Contains(findings, "link:") {
			t.Errorf("in git %t: followed a link out of the folder:\n%s", inGit, findings)
		}
		if !strings.Contains(findings, "telling:1:1: own-value db/password (hex)") {
			t.Errorf("in git %t: found\n%s\nwant the secret in the path of the link", inGit, findings)
		}
	}
}
