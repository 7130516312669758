package cli_test

import (
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
)

type initOutput struct {
	Gitignore []string
	Hook      struct{ Path, State string }
	Written   bool
	Tracked   []string
	Values    []struct{ Line int }
}

func (r rig) init(t *testing.T, code int, args ...string) (out initOutput) {
	t.Helper()
	got := r.run(t, append([]string{"init", "--json"}, args...)...)
	got.want(t, code)
	got.decode(t, &out)
	return out
}

// init shows what it would write, and writes it only after a yes.
func TestInit(t *testing.T) {
	r := newRepo(t)
	t.Chdir(r.dir)
	r.write(".gitignore", "*.log")
	hook := filepath.Join(r.dir, ".git", "hooks", "pre-commit")

	got := rig{}.run(t, "init")
	got.want(t, 2, "pass --yes", "--- .gitignore", "+.env\n+.env.*\n+!.env.example\n", "+++ "+realPath(t, hook), "+exec \"$program\" scan --staged --timeout 5s")
	if _, err := os.Stat(hook); err == nil || read(t, ".gitignore") != "*.log" {
		t.Error("init wrote something without a yes")
	}
	rig{in: "y\n"}.run(t, "init", "--no-input").want(t, 2, "pass --yes")

	if out := (rig{}).init(t, 0, "--yes"); !out.Written || out.Hook.State != "new" || !slices.Equal(out.Gitignore, []string{".env", ".env.*", "!.env.example"}) {
		t.Errorf("%+v", out)
	}
	if got := read(t, ".gitignore"); got != "*.log\n.env\n.env.*\n!.env.example\n" {
		t.Errorf(".gitignore is %q", got)
	}
	if info, err := os.Stat(hook); err != nil || runtime.GOOS != "windows" && info.Mode().Perm()&0o100 == 0 {
		t.Errorf("the hook can't be run: %v, %v", info, err)
	}
	if out := (rig{}).init(t, 0); out.Written || out.Hook.State != "same" || len(out.Gitignore) != 0 {
		t.Errorf("the second time: %+v", out)
	}
	rig{}.run(t, "init").want(t, 0, "git already ignores .env", "is already there")
}

func realPath(t *testing.T, path string) string {
	t.Helper()
	dir, err := filepath.EvalSymlinks(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, filepath.Base(path))
}

// An ignore rule does not help with a file that git tracks already.
func TestInitReportsTrackedFiles(t *testing.T) {
	r := newRepo(t)
	t.Chdir(r.dir)
	r.add(".env", "A="+canary)
	r.add(".env.production", "A="+canary)
	r.add("conf/secrets.env", "A="+canary)
	r.write(".env.example", "# A="+canary+"\nA=\nB="+canary+"\n")
	g := rig{env: map[string]string{"SECRETS": "env:,dotenv:conf/secrets.env"}}
	out := g.init(t, 1, "--yes")
	if !slices.Equal(out.Tracked, []string{".env", ".env.production", "conf/secrets.env"}) || len(out.Values) != 2 {
		t.Errorf("%+v", out)
	}
	if !slices.Contains(out.Gitignore, "/conf/secrets.env") {
		t.Errorf("the store's own file is not ignored: %q", out.Gitignore)
	}
	g.run(t, "init").want(t, 1, ".env is tracked, and ignore rules don't help. Run git rm --cached .env", ".env.example holds a value")
	r.git("rm", "-q", "--cached", "-r", ".env", ".env.production", "conf")
	r.write(".env.example", "A=\n")
	g.init(t, 0)
}

// init does not change a hook that it did not write. It renews an older one that it
// wrote.
func TestInitKeepsForeignHooks(t *testing.T) {
	r := newRepo(t)
	t.Chdir(r.dir)
	hook := filepath.Join(r.dir, ".git", "hooks", "pre-commit")
	const theirs = "#!/bin/sh\nmake lint\n"
	r.write(".git/hooks/pre-commit", theirs)
	rig{}.run(t, "init", "--yes").want(t, 1, "secretmux init did not write it, and does not change it", "secretmux scan --staged --timeout 5s || exit 1")
	if read(t, hook) != theirs {
		t.Error("the hook was changed")
	}
	r.write(".git/hooks/pre-commit", theirs+"secretmux scan --staged || exit 1\n")
	if out := (rig{}).init(t, 0, "--yes"); out.Hook.State != "same" {
		t.Errorf("%+v", out)
	}
	r.write(".git/hooks/pre-commit", "#!/bin/sh\n# Written by secretmux init.\nold\n")
	rig{}.run(t, "init", "--yes").want(t, 0, "-old\n", "+exec ")
	if text := read(t, hook); strings.Contains(text, "old") || !strings.Contains(text, "scan --staged") {
		t.Errorf("the hook is %q", text)
	}
	if out := (rig{}).init(t, 0, "--yes", "-c", "dotenv:.env"); out.Hook.State != "replaced" {
		t.Errorf("with a config string: %+v", out)
	}
}

// core.hooksPath leads to a hook manager, into the tree, or out of the repository.
// init does not write there and does not change the setting.
func TestInitWithHooksPath(t *testing.T) {
	r := newRepo(t)
	t.Chdir(r.dir)
	for _, path := range []string{".githooks", t.TempDir()} {
		r.git("config", "core.hooksPath", path)
		rig{}.run(t, "init", "--yes").want(t, 1, "core.hooksPath is set", "secretmux scan --staged --timeout 5s || exit 1")
		if _, err := os.Stat(filepath.Join(path, "pre-commit")); err == nil {
			t.Errorf("a hook was written into %s", path)
		}
		if got := strings.TrimSpace(r.git("config", "core.hooksPath")); got != path {
			t.Errorf("core.hooksPath is %q, was %q", got, path)
		}
		if _, err := os.Stat(filepath.Join(r.dir, ".git", "hooks", "pre-commit")); err == nil {
			t.Error("a hook was written into a folder that git does not use")
		}
	}
}

func TestInitInALinkedWorktree(t *testing.T) {
	r := newRepo(t)
	r.add("a.txt", "a")
	r.git("commit", "-q", "-m", "m")
	linked := filepath.Join(t.TempDir(), "linked")
	r.git("worktree", "add", "-q", linked)
	sub := filepath.Join(linked, "sub")
	if err := os.Mkdir(sub, 0o700); err != nil {
		t.Fatal(err)
	}
	t.Chdir(sub)
	if out := (rig{}).init(t, 0, "--yes"); !out.Written || out.Hook.Path != realPath(t, filepath.Join(r.dir, ".git", "hooks", "pre-commit")) {
		t.Errorf("%+v", out)
	}
	read(t, filepath.Join(r.dir, ".git", "hooks", "pre-commit"))
	read(t, filepath.Join(linked, ".gitignore"))
}

func TestInitFails(t *testing.T) {
	t.Chdir(t.TempDir())
	rig{}.run(t, "init", "--yes").want(t, 2, "not in a git repository")
	rig{}.run(t, "init", canary).want(t, 2, "takes no words")
	r := newRepo(t)
	t.Chdir(r.dir)
	rig{}.run(t, "init", "--yes", "-c", "dotenvv:"+canary).want(t, 2, "did you mean")
	r.write(".gitignore/x", "")
	rig{}.run(t, "init", "--yes").want(t, 2, ".gitignore")
	if err := os.RemoveAll(filepath.Join(r.dir, ".gitignore")); err != nil {
		t.Fatal(err)
	}
	r.write(".git/info/exclude", "!.env\n!.env.*\n")
	rig{}.run(t, "init", "--yes").want(t, 0) // .gitignore takes precedence over info/exclude
	r.write("sub/.gitignore", "!.env\n")
	rig{}.run(t, "init").want(t, 0)
}
