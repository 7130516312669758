package cli_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/local"
	"github.com/secretmux/secretmux/testing/memory"
)

// leaked is the value that the tests of scan hide in files. It looks random.
const leaked = canary + "-Zq7vX2"

// token returns a token of a vendor. It joins parts, so that a scan of this file
// does not find it.
func token() string { return "hv" + "s.CAESIJ4q8XkD0vT2rLbN7mPz" }

// repo is a git repository of a test.
type repo struct {
	t   *testing.T
	dir string
}

func newRepo(t *testing.T) repo {
	t.Helper()
	r := repo{t: t, dir: t.TempDir()}
	r.git("init", "-q", ".")
	return r
}

func (r repo) git(args ...string) string {
	r.t.Helper()
	cmd := exec.Command("git", append([]string{"-c", "user.name=n", "-c", "user.email=e@example.com"}, args...)...)
	cmd.Dir = r.dir
	cmd.Env = append(os.Environ(), "GIT_CONFIG_GLOBAL="+os.DevNull, "GIT_CONFIG_NOSYSTEM=1")
	out, err := cmd.CombinedOutput()
	if err != nil {
		r.t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return string(out)
}

func (r repo) write(name, text string) {
	r.t.Helper()
	path := filepath.Join(r.dir, filepath.FromSlash(name))
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		r.t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		r.t.Fatal(err)
	}
}

func (r repo) add(name, text string) {
	r.t.Helper()
	r.write(name, text)
	r.git("add", "-f", name)
}

// over returns a rig with the chain memory:, which has these secrets.
func over(secrets map[string]string) (rig, *memory.Provider) {
	m := memory.New(secrets)
	return rig{env: map[string]string{"SECRETS": "memory:"}, backends: []secretmux.Backend{memoryBackend(m)}}, m
}

func memoryBackend(p secretmux.Provider) secretmux.Backend {
	return secretmux.Backend{"memory": func(_ context.Context, u *secretmux.URI) (secretmux.Provider, error) {
		return p, u.Params().Done()
	}}
}

// scanned has the fields of scan --json that the tests read.
type scanned struct {
	Source          string
	Files, Archives int
	Bytes           int64
	Searched        int
	Known, Allowed  int
	Skipped         []struct{ Path, Why string }
	NotSearched     []struct{ Secret, Why string } `json:"not_searched"`
	Unread          []struct {
		Source, Class string
		Secrets       int
	}
	Findings []struct {
		Path, Rule, Secret, Encoding, Object, Commit, Tool, Context string
		Line, Column                                                int
	}
}

func (r rig) scan(t *testing.T, code int, args ...string) (s scanned) {
	t.Helper()
	got := r.run(t, append([]string{"scan", "--json"}, args...)...)
	got.want(t, code)
	got.decode(t, &s)
	if strings.ContainsAny(got.out+got.err, "\r\x1b") {
		t.Error("stderr is not a terminal, but a progress line was written")
	}
	return s
}

func rigBackends() []secretmux.Backend { return []secretmux.Backend{local.Backend()} }
