//go:build unix

package cli_test

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/creack/pty"
)

// commit runs git commit. The command is in the PATH that the hook gets.
func commit(t *testing.T, dir string, path string, env ...string) (string, error) {
	t.Helper()
	cmd := exec.Command("git", "-c", "user.name=n", "-c", "user.email=e@example.com", "commit", "-q", "-m", "m")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), append([]string{asCommand + "=1", "PATH=" + path, "GIT_CONFIG_GLOBAL=" + os.DevNull, "SECRETS="}, env...)...)
	out, err := cmd.CombinedOutput()
	noCanary(t, "the output of git commit", string(out))
	return string(out), err
}

// The hook that init writes refuses a commit with a leak, and lets other commits
// pass.
func TestTheHookOfInit(t *testing.T) {
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	bin := t.TempDir()
	if err := os.Symlink(self, filepath.Join(bin, "secretmux")); err != nil {
		t.Fatal(err)
	}
	withUs := bin + ":" + os.Getenv("PATH")
	r := newRepo(t)
	t.Chdir(r.dir)
	r.write(".env", "DB_PASSWORD="+leaked+"\n")
	rig{}.run(t, "init", "--yes", "-c", "dotenv:.env").want(t, 0)

	r.git("add", ".gitignore")
	if out, err := commit(t, r.dir, withUs); err != nil || !strings.Contains(out, "for 1 secret and tokens of vendors") {
		t.Fatalf("a clean commit: %v\n%s", err, out)
	}
	r.add("deploy.yml", "password: "+leaked)
	r.write("deploy.yml", "clean")
	if out, err := commit(t, r.dir, withUs); err == nil || !strings.Contains(out, "deploy.yml:1:11: own-value db_password (raw)") {
		t.Errorf("a leak was committed: %v\n%s", err, out)
	}
	r.add("deploy.yml", "clean")
	if out, err := commit(t, r.dir, os.Getenv("PATH")); err != nil { // the hook uses the path that init wrote into it
		t.Errorf("without secretmux in PATH: %v\n%s", err, out)
	}
	r.git("rm", "-q", "deploy.yml")
	if out, err := commit(t, r.dir, withUs); err != nil {
		t.Errorf("a deletion: %v\n%s", err, out)
	}
	r.add("empty", "")
	if out, err := commit(t, r.dir, withUs); err != nil {
		t.Errorf("an empty file: %v\n%s", err, out)
	}
	r.add("offline", "x")
	if out, err := commit(t, r.dir, withUs, "SECRETS=dotenv:none/.env?missing=unavailable"); err != nil || strings.Count(out, "warning") != 1 {
		t.Errorf("without the store: %v\n%s", err, out)
	}
	linked := filepath.Join(t.TempDir(), "linked")
	r.git("worktree", "add", "-q", linked)
	l := repo{t: t, dir: linked}
	l.add("deploy.yml", "password: "+leaked)
	if out, err := commit(t, linked, withUs, "SECRETS=dotenv:"+filepath.Join(r.dir, ".env")); err == nil {
		t.Errorf("the hook does not run in a linked worktree:\n%s", out)
	}
}

// On a terminal init asks, and writes nothing after a no.
func TestInitAsks(t *testing.T) {
	for answer, code := range map[string]int{"y": 0, "yes": 0, "n": 1, "": 1} {
		r := newRepo(t)
		cmd := command(t, "init")
		cmd.Dir = r.dir
		terminal, err := pty.Start(cmd)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := terminal.WriteString(answer + "\n"); err != nil {
			t.Fatal(err)
		}
		out, _ := io.ReadAll(terminal)
		_ = cmd.Wait()
		_ = terminal.Close()
		_, err = os.Stat(filepath.Join(r.dir, ".gitignore"))
		if cmd.ProcessState.ExitCode() != code || (err == nil) != (code == 0) || !strings.Contains(string(out), "Write this? [y/N]") {
			t.Errorf("%q: exit code %d, %v\n%s", answer, cmd.ProcessState.ExitCode(), err, out)
		}
	}
}

func TestInitRunsNoProgramOfTheRepository(t *testing.T) {
	r, ran := hostile(t)
	t.Chdir(r.dir)
	rig{}.run(t, "init", "--yes").want(t, 0)
	if ran() {
		t.Error("init ran a program that the repository names")
	}
}
