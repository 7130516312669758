package cli_test

import (
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/testing/faults"
)

// A copy in base64 is found at each of the three offsets, and is not printed.
func TestScanFindsEveryOffset(t *testing.T) {
	r := newRepo(t)
	var text strings.Builder
	for _, before := range []string{"", "a", "ab"} {
		text.WriteString("auth: " + base64.StdEncoding.EncodeToString([]byte(before+leaked+":x")) + "\n")
	}
	r.write("deploy.yml", text.String())
	g, _ := over(map[string]string{"db/password": leaked})
	got := g.scan(t, 1, r.dir)
	if len(got.Findings) != 3 || got.Files != 1 || got.Bytes != int64(text.Len()) || got.Source != "worktree" {
		t.Fatalf("%+v", got)
	}
	for i, encoding := range []string{"base64", "base64+1", "base64+2"} {
		if f := got.Findings[i]; f.Line != i+1 || f.Encoding != encoding || f.Secret != "db/password" || f.Path != "deploy.yml" {
			t.Errorf("%+v, want %s in line %d", f, encoding, i+1)
		}
	}
	g.run(t, "scan", r.dir).want(t, 1, "deploy.yml:2:9: own-value db/password (base64+1)", "scanned 1 file in the folder", "for 1 secret and tokens of vendors", "3 findings")
}

// scan --staged reads the staged file, whatever was saved afterwards.
func TestScanStagedReadsTheIndex(t *testing.T) {
	r := newRepo(t)
	g, _ := over(map[string]string{"db/password": leaked})
	r.add("a.txt", "password: "+leaked)
	r.write("a.txt", "clean")
	if got := g.scan(t, 1, "--staged", r.dir); len(got.Findings) != 1 || got.Findings[0].Path != "a.txt" {
		t.Errorf("leaked in the index, clean in the worktree: %+v", got)
	}
	r.add("a.txt", "clean")
	r.write("a.txt", "password: "+leaked)
	if got := g.scan(t, 0, "--staged", r.dir); len(got.Findings) != 0 || got.Files != 1 {
		t.Errorf("clean in the index: %+v", got)
	}
}

func TestScanHistory(t *testing.T) {
	r := newRepo(t)
	r.add("a.txt", "password: "+leaked)
	r.git("commit", "-q", "-m", "one")
	first := strings.TrimSpace(r.git("rev-parse", "HEAD"))
	r.git("rm", "-q", "a.txt")
	r.git("commit", "-q", "-m", "two")
	g, _ := over(map[string]string{"db/password": leaked})
	got := g.scan(t, 1, "--history", r.dir)
	if len(got.Findings) != 1 || got.Findings[0].Commit != first || got.Findings[0].Path != "a.txt" {
		t.Errorf("%+v, want commit %s", got, first)
	}
	r.write("b.txt", "b")
	g.scan(t, 0, r.dir)
}

func TestScanStandardInput(t *testing.T) {
	g, _ := over(map[string]string{"db/password": leaked})
	g.in = "one\ntwo " + leaked + "\n"
	if got := g.scan(t, 1, "-"); len(got.Findings) != 1 || got.Findings[0].Line != 2 || got.Source != "stdin" {
		t.Errorf("%+v", got)
	}
}

// A scan that read nothing is a failure, not a clean result.
func TestScanOfNothing(t *testing.T) {
	g, _ := over(map[string]string{"db/password": leaked})
	g.run(t, "scan", "-").want(t, 2, "0 bytes")
	g.run(t, "scan", t.TempDir()).want(t, 2, "0 bytes")
	g.run(t, "scan", filepath.Join(t.TempDir(), "none")).want(t, 2)
	outside := g.run(t, "scan", "--staged", t.TempDir())
	outside.want(t, 2, "not in a git repository")
	if strings.Contains(outside.err, "nothing") {
		t.Errorf("it says two things: %s", outside.err)
	}

	r := newRepo(t)
	g.run(t, "scan", "--history", r.dir).want(t, 2, "0 bytes")
	g.run(t, "scan", "--staged", r.dir).want(t, 0, "nothing to scan is staged")
	r.add("a.txt", "a")
	r.git("commit", "-q", "-m", "m")
	r.git("rm", "-q", "a.txt")
	if got := g.scan(t, 0, "--staged", r.dir); got.Files != 0 {
		t.Errorf("only a deletion is staged: %+v", got)
	}
	r.add("__init__.py", "")
	if got := g.scan(t, 0, "--staged", r.dir); got.Files != 1 || got.Bytes != 0 {
		t.Errorf("an empty file is staged: %+v", got)
	}
	r.git("rm", "-q", "--cached", "__init__.py")
	r.git("update-index", "--add", "--cacheinfo", "160000,"+strings.Repeat("1", 40)+",sub")
	g.run(t, "scan", "--staged", r.dir).want(t, 2, "skipped sub: a submodule")
}

// Without a store a scan still works, because commits must work offline. With
// --require-store it fails, because a CI needs every store.
func TestScanWithoutTheStore(t *testing.T) {
	tests := []struct {
		class error
		code  int
	}{
		{secretmux.ErrUnavailable, 5},
		{secretmux.ErrThrottled, 5},
		{secretmux.ErrUnauthenticated, 4},
		{secretmux.ErrDenied, 4},
		{errors.ErrUnsupported, 2},
	}
	r := newRepo(t)
	r.write("a.txt", "password: "+leaked+"\nclean of tokens\n")
	for _, tt := range tests {
		t.Run(tt.class.Error(), func(t *testing.T) {
			g, m := over(map[string]string{"db/password": leaked})
			f := faults.New(faults.Options{})
			f.Inject(faults.Always(faults.Step{Err: tt.class}))
			g.backends = []secretmux.Backend{memoryBackend(f.Wrap(m))}
			got := g.run(t, "scan", r.dir)
			got.want(t, 0, "memory: ("+tt.class.Error()+")", "for tokens of vendors")
			if n := strings.Count(got.err, "warning"); n != 1 {
				t.Errorf("%d warnings, want 1:\n%s", n, got.err)
			}
			if s := g.scan(t, 0, r.dir); len(s.Unread) != 1 || s.Unread[0].Class != tt.class.Error() || s.Searched != 0 {
				t.Errorf("%+v", s)
			}
			g.run(t, "scan", r.dir, "--require-store").want(t, tt.code)
			r.write("a.txt", token()+"\n")
			if s := g.scan(t, 1, r.dir); len(s.Findings) != 1 || s.Findings[0].Secret != "" {
				t.Errorf("tokens are not found without a store: %+v", s)
			}
			r.write("a.txt", "password: "+leaked+"\nclean of tokens\n")
		})
	}
	t.Run("no config string", func(t *testing.T) {
		rig{}.run(t, "scan", r.dir).want(t, 0, "warning: there is no config string", "for tokens of vendors")
		rig{}.run(t, "scan", r.dir, "--require-store").want(t, 2, "set SECRETS or pass -c")
	})
	t.Run("a config string that is wrong", func(t *testing.T) {
		rig{}.run(t, "scan", r.dir, "-c", "dotenvv:"+canary).want(t, 2, "did you mean")
	})
}

// If one store is down, the values of the others are still searched for.
func TestScanWithOneStoreDown(t *testing.T) {
	r := newRepo(t)
	r.write("a.txt", leaked)
	g, m := over(map[string]string{"db/password": leaked})
	f := faults.New(faults.Options{})
	f.Inject(faults.Always(faults.Step{Err: secretmux.ErrUnavailable}))
	down := memoryBackend(f.Wrap(m))
	g.backends = []secretmux.Backend{memoryBackend(m), {"down": down["memory"]}}
	g.env["SECRETS"] = "down:,memory:"
	if got := g.scan(t, 1, r.dir); len(got.Findings) != 1 || len(got.Unread) != 1 {
		t.Errorf("%+v", got)
	}
	g.run(t, "scan", r.dir, "--require-store").want(t, 5)
}

// A hook asks the store once.
func TestScanAsksOnce(t *testing.T) {
	r := newRepo(t)
	r.add("a.txt", "clean")
	g, m := over(map[string]string{"db/password": leaked, "api/key": leaked + "2", "c": leaked + "3"})
	before := m.Calls()
	g.scan(t, 0, "--staged", r.dir)
	after := m.Calls()
	if after.List-before.List != 1 || after.GetMany-before.GetMany != 1 || after.Get != before.Get {
		t.Errorf("from %+v to %+v, want one list and one GetMany", before, after)
	}
	g.scan(t, 0, "--staged", r.dir, "--ref", "db/password", "--ref", "api/key")
	if now := m.Calls(); now.List != after.List || now.GetMany-after.GetMany != 1 || now.Get != after.Get {
		t.Errorf("from %+v to %+v, want one GetMany", after, now)
	}
}

// The secrets that are not searched for are named, by their references.
func TestScanNamesSecretsThatItLeavesOut(t *testing.T) {
	r := newRepo(t)
	r.write("a.txt", "region eu-west-1, password "+leaked)
	g, _ := over(map[string]string{"region": "eu-west-1", "pin": "1234", "db/password": leaked})
	got := g.scan(t, 1, r.dir)
	if len(got.NotSearched) != 2 || got.NotSearched[0].Secret != "pin" || got.NotSearched[1].Secret != "region" || got.Searched != 1 {
		t.Errorf("%+v", got)
	}
	g.run(t, "scan", r.dir).want(t, 1, "not searched for: region: it looks like a setting")
	if got := g.scan(t, 1, r.dir, "--include", "region"); len(got.Findings) != 2 {
		t.Errorf("with --include: %+v", got)
	}
	if got := g.scan(t, 0, r.dir, "--except", "db/password"); got.Searched != 0 {
		t.Errorf("with --except: %+v", got)
	}
	const changesNothing = " does not name a secret that was read"
	g.run(t, "scan", r.dir, "--include", "regoin").want(t, 1, "warning: --include"+changesNothing)
	g.run(t, "scan", r.dir, "--include", "region", "--except", canary, "--except", "pin").want(t, 1, "warning: --except number 1"+changesNothing)
	if got := g.run(t, "scan", r.dir, "--include", "region", "--except", "pin"); strings.Contains(got.err, changesNothing) {
		t.Errorf("stderr has %q", got.err)
	}
	r.write("b.gz", "\x1f\x8b"+strings.Repeat("x", 20))
	g.run(t, "scan", r.dir).want(t, 1, "1 archive or compressed file was not opened")
}

// The whole environment is not a list of secrets.
func TestScanOfEnvNeedsNames(t *testing.T) {
	r := newRepo(t)
	r.write("a.txt", leaked)
	g := rig{env: map[string]string{"SECRETS": "env:", "DB_PASSWORD": leaked}}
	if got := g.scan(t, 0, r.dir); got.Searched != 0 {
		t.Errorf("%+v", got)
	}
	g.run(t, "scan", r.dir).want(t, 0, "the variables of env: are not searched for")
	g.scan(t, 1, r.dir, "--ref", "db/password")
	g.env["SECRETS"] = "env:?prefix=DB_"
	g.scan(t, 1, r.dir)
}

// A store's own file holds the values. It is left out if git ignores it. If git
// tracks it, it is a leak.
func TestScanOfTheStoreItself(t *testing.T) {
	r := newRepo(t)
	t.Chdir(r.dir)
	r.write(".env", "DB_PASSWORD="+leaked+"\n")
	r.write("a.txt", "clean")
	r.write(".gitignore", ".env\n")
	g := rig{env: map[string]string{"SECRETS": "dotenv:.env"}}
	if got := g.scan(t, 0); got.Files != 2 || got.Searched != 1 {
		t.Errorf("%+v", got)
	}
	r.git("add", "-f", ".env")
	g.run(t, "scan").want(t, 1, ".env:1:13: own-value db_password (raw)", "git rm --cached .env")

	plain := t.TempDir()
	t.Chdir(plain)
	for name, text := range map[string]string{".env": "DB_PASSWORD=" + leaked + "\n", "a.txt": "clean"} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if got := g.scan(t, 0); got.Files != 1 {
		t.Errorf("outside of a repository: %+v", got)
	}
}

func TestScanRefusesContradictions(t *testing.T) {
	g, _ := over(map[string]string{"db/password": leaked})
	dir := newRepo(t).dir
	for _, tt := range []struct {
		args []string
		says string
	}{
		{[]string{"--staged", "--history", dir}, "once for each"},
		{[]string{"--staged", "-"}, "once for each"},
		{[]string{dir, canary}, "one folder, or -"},
		{[]string{"--with", canary, dir}, "--with gitleaks"},
		{[]string{"--with", "gitleaks", "--history", dir}, "leave out --with"},
		{[]string{"--baseline", canary, "--write-baseline", "x", dir}, "different files"},
		{[]string{"--baseline", canary, dir}, "does not exist"},
		{[]string{"--context", "--ref", "db/password", dir}, "leave out --ref"},
		{[]string{"--ref", "../" + canary, dir}, "invalid"},
	} {
		g.run(t, append([]string{"scan"}, tt.args...)...).want(t, 2, tt.says)
	}
	g.run(t, "scan", "--ref", canary, dir).want(t, 3, "not found")
}
