//go:build unix

package cli_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// program writes a shell script and returns its path.
func program(t *testing.T, name, script string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// hostile makes a repository with a configuration that names a program. The program
// makes a file. Package scan has a longer test like this.
func hostile(t *testing.T) (r repo, ran func() bool) {
	t.Helper()
	note := filepath.Join(t.TempDir(), "ran")
	evil := program(t, "evil", "echo \"$0 $*\" >>"+note+"\nexit 0")
	r = newRepo(t)
	r.add("a.txt", leaked)
	r.write(".gitattributes", "*.txt filter=evil diff=evil\n")
	r.git("add", "-A")
	r.git("commit", "-q", "-m", "m")
	r.add("b.txt", "b "+leaked)
	for _, name := range []string{
		"core.pager", "core.sshCommand", "core.askPass", "core.editor", "credential.helper", "diff.external", "diff.evil.command",
		"diff.evil.textconv", "filter.evil.clean", "filter.evil.smudge", "filter.evil.process", "pager.ls-files", "pager.cat-file",
		"core.fsmonitor", // it must be the last, because from then on each git command runs the program
	} {
		r.git("config", name, evil)
	}
	return r, func() bool {
		_, err := os.Stat(note)
		_ = os.Remove(note)
		return err == nil
	}
}

func TestScanRunsNoProgramOfTheRepository(t *testing.T) {
	r, ran := hostile(t)
	status := exec.Command("git", "status")
	status.Dir = r.dir
	_ = status.Run() // git status fails after it ran the program
	if !ran() {
		t.Fatal("git status ran no program, so this test proves nothing")
	}
	g, _ := over(map[string]string{"db/password": leaked})
	t.Setenv("PATH", filepath.Dir(program(t, "gitleaks", fakeGitleaks))+":"+os.Getenv("PATH"))
	for _, args := range [][]string{
		{"scan", r.dir},
		{"scan", "--staged", r.dir},
		{"scan", "--history", r.dir},
		{"scan", "--context", r.dir},
		{"scan", "--context", "--staged", r.dir},
		{"scan", "--context", "--history", r.dir},
		{"scan", "--with", "gitleaks", r.dir},
	} {
		g.run(t, args...).want(t, 1, "own-value")
		if ran() {
			t.Errorf("%v ran a program that the repository names", args)
		}
	}
}

// fakeGitleaks answers like gitleaks 8.30, but it quotes the secret, which the real
// one does not do with --redact. It fails if it gets other arguments.
const fakeGitleaks = `[ "$1 $2 $3 $4 $5 $6 $7 $8" = "dir --no-banner --redact --exit-code 0 --report-format json --report-path" ] || exit 9
[ "${10}" = . ] || exit 8
[ -z "$SECRETS$DB_PASSWORD" ] || exit 7
echo '` + canary + `' >&2
cat >"$9" <<'END'
[{"RuleID":"generic-api-key","Description":"x","StartLine":3,"EndLine":3,"StartColumn":7,"EndColumn":9,"Match":"` + canary + `","Secret":"` + canary + `","File":"b.txt"},
 {"RuleID":"generic-api-key","StartLine":1,"StartColumn":1,"Secret":"` + canary + `","File":"ignored.env"}]
END`

func TestScanWithGitleaks(t *testing.T) {
	r := newRepo(t)
	r.write("a.txt", leaked)
	r.write("b.txt", "b")
	r.write("ignored.env", "c")
	r.write(".gitignore", "*.env\n")
	g, _ := over(map[string]string{"db/password": leaked})
	g.env["DB_PASSWORD"] = canary
	path := os.Getenv("PATH")
	t.Setenv("PATH", filepath.Dir(program(t, "gitleaks", fakeGitleaks))+":"+path)
	got := g.scan(t, 1, "--with", "gitleaks", r.dir)
	if len(got.Findings) != 2 || got.Findings[1].Tool != "gitleaks" || got.Findings[1].Path != "b.txt" || got.Findings[1].Line != 3 ||
		got.Findings[1].Rule != "generic-api-key" || got.Findings[0].Tool != "" {
		t.Errorf("%+v", got.Findings)
	}
	g.run(t, "scan", "--with", "gitleaks", r.dir).want(t, 1, "b.txt:3:7: generic-api-key (gitleaks)")

	t.Setenv("PATH", filepath.Dir(program(t, "gitleaks", "echo "+canary+" >&2; exit 1"))+":"+path)
	g.run(t, "scan", "--with", "gitleaks", r.dir).want(t, 5, "gitleaks failed")
	t.Setenv("PATH", filepath.Dir(program(t, "gitleaks", "echo "+canary+` >"$9"`))+":"+path)
	g.run(t, "scan", "--with", "gitleaks", r.dir).want(t, 6, "can't be read")
	t.Setenv("PATH", onlyGit(t))
	g.run(t, "scan", "--with", "gitleaks", r.dir).want(t, 2, "gitleaks is not in PATH")
}

// onlyGit returns a PATH that has only git.
func onlyGit(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for _, at := range strings.Split(os.Getenv("PATH"), ":") {
		if _, err := os.Stat(filepath.Join(at, "git")); err == nil {
			if err := os.Symlink(filepath.Join(at, "git"), filepath.Join(dir, "git")); err != nil {
				t.Fatal(err)
			}
			break
		}
	}
	return dir
}
