package sops_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "make the fixtures of providers/age again")

// testdata is where the fixtures are.
const testdata = "../../providers/age/testdata"

// binary is the sops that this module requires.
var binary string

func TestMain(m *testing.M) {
	flag.Parse()
	dir, err := os.MkdirTemp("", "sops")
	if err == nil {
		binary = filepath.Join(dir, "sops")
		out, failed := exec.Command("go", "build", "-trimpath", "-o", binary, "github.com/getsops/sops/v3/cmd/sops").CombinedOutput()
		if err = failed; err != nil {
			err = fmt.Errorf("%w: %s", err, out)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// run runs sops in a folder of its own, with an identity, and returns what it printed.
func run(t *testing.T, identity string, args ...string) []byte {
	t.Helper()
	out, err := try(t, identity, args...)
	if err != nil {
		t.Fatalf("sops %v: %v", args, err)
	}
	return out
}

func try(t *testing.T, identity string, args ...string) ([]byte, error) {
	t.Helper()
	cmd := exec.Command(binary, args...)
	cmd.Env = append(os.Environ(), "HOME="+t.TempDir(), "SOPS_AGE_KEY_FILE="+identity, "SOPS_DISABLE_VERSION_CHECK=1")
	var problems bytes.Buffer
	cmd.Stderr = &problems
	out, err := cmd.Output()
	if err != nil {
		err = fmt.Errorf("%w: %s", err, &problems)
	}
	return out, err
}

func must[T any](t *testing.T) func(T, error) T {
	return func(value T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return value
	}
}

func write(t *testing.T, path string, content []byte) {
	t.Helper()
	if err := os.WriteFile(path, content, 0o644); err != nil {
		t.Fatal(err)
	}
}
