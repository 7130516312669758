package cli_test

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/cmd/secretmux/internal/cli"
	"github.com/secretmux/secretmux/providers/local"
)

var update = flag.Bool("update", false, "write the golden files")

// canary is the value of every secret in these tests, or a part of it. Only an
// output of --reveal may hold it.
const canary = "canary-8c1e5f0d"

// TestMain runs the command in place of the tests, for tests that start the test
// binary as a process.
func TestMain(m *testing.M) {
	if os.Getenv(asCommand) == "" {
		if part := os.Getenv(asEditor); part != "" {
			os.Exit(playEditor(part, os.Args[len(os.Args)-1]))
		}
		os.Exit(m.Run())
	}
	_ = os.Unsetenv(asCommand)
	all := lintRig()
	program := cli.Program{Backends: all.backends, Starters: all.starters, Linted: all.linted, In: os.Stdin, Out: os.Stdout, Err: os.Stderr}
	os.Exit(program.Run(context.Background(), os.Args[1:]))
}

const asCommand = "SECRETMUX_TEST_AS_COMMAND"

// command returns the command as a separate process, with SECRETS=env: and a secret
// db/password.
func command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(self, args...)
	cmd.Env = append(os.Environ(), asCommand+"=1", "SECRETS=env:", "DB_PASSWORD="+canary)
	return cmd
}

// rig is the world of a command: its backends, its environment and its input.
type rig struct {
	env      map[string]string // SECRETS is empty unless it is in env
	in       string
	backends []secretmux.Backend // nil means local.Backend()
	starters []secretmux.Backend
	linted   []secretmux.Backend
	reveals  bool // the output may hold the canary, because of --reveal
}

// result is the outcome of a command.
type result struct {
	code     int
	out, err string
}

// run runs a command line in this process. It fails the test if an output holds the
// canary.
func (r rig) run(t *testing.T, args ...string) result {
	t.Helper()
	t.Setenv("SECRETS", "")
	for key, value := range r.env {
		t.Setenv(key, value)
	}
	if r.backends == nil {
		r.backends = []secretmux.Backend{local.Backend()}
	}
	var out, err bytes.Buffer
	program := cli.Program{Backends: r.backends, Starters: r.starters, Linted: r.linted, In: strings.NewReader(r.in), Out: &out, Err: &err}
	code := program.Run(t.Context(), args)
	if !r.reveals {
		noCanary(t, "stdout", out.String())
	}
	noCanary(t, "stderr", err.String())
	return result{code: code, out: out.String(), err: err.String()}
}

// noCanary fails the test if text holds the canary, plain or encoded.
func noCanary(t *testing.T, what, text string) {
	t.Helper()
	for _, form := range []string{
		canary, strings.ToUpper(canary), hex.EncodeToString([]byte(canary)),
		base64.StdEncoding.EncodeToString([]byte(canary)),
		strings.ToUpper(strings.ReplaceAll(canary, "-", "_")),
	} {
		if strings.Contains(text, form) {
			t.Errorf("%s holds the canary:\n%s", what, strings.ReplaceAll(text, form, "<CANARY>"))
		}
	}
}

// want fails the test if the exit code differs, or if stdout and stderr together
// lack one of the texts.
func (r result) want(t *testing.T, code int, texts ...string) {
	t.Helper()
	if r.code != code {
		t.Errorf("exit code %d, want %d; stderr:\n%s", r.code, code, r.err)
	}
	for _, text := range texts {
		if !strings.Contains(r.out+r.err, text) {
			t.Errorf("the output lacks %q; stdout:\n%s\nstderr:\n%s", text, r.out, r.err)
		}
	}
}

// decode reads stdout as one JSON value.
func (r result) decode(t *testing.T, into any) {
	t.Helper()
	if err := json.Unmarshal([]byte(r.out), into); err != nil {
		t.Fatalf("stdout is not JSON: %v\n%s", err, r.out)
	}
}

// golden compares got with a file below testdata. With -update it writes the file.
func golden(t *testing.T, file, got string) {
	t.Helper()
	path := filepath.Join("testdata", filepath.FromSlash(file))
	if *update {
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; -update writes it", err)
	}
	if got != string(want) {
		t.Errorf("%s differs, -update writes it; got:\n%s\nwant:\n%s", file, got, want)
	}
}

// failing returns a backend whose secrets all fail with one class.
func failing(class error) secretmux.Backend {
	return secretmux.Backend{"failing": func(context.Context, *secretmux.URI) (secretmux.Provider, error) {
		return secretmux.ProviderFunc(func(_ context.Context, name string) (secretmux.Secret, error) {
			return secretmux.Secret{}, &secretmux.Error{Op: "get", Name: name, Class: class}
		}), nil
	}}
}
