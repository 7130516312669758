//go:build unix

package cli_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// folder returns a folder for file: with one secret, key, and a function that
// rotates it.
func folder(t *testing.T) (dir string, rotate func(value string)) {
	t.Helper()
	dir = t.TempDir()
	rotate = func(value string) {
		t.Helper()
		if err := os.WriteFile(filepath.Join(dir, "new"), []byte(value), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := os.Rename(filepath.Join(dir, "new"), filepath.Join(dir, "key")); err != nil {
			t.Fatal(err)
		}
	}
	rotate("first-" + canary)
	return dir, rotate
}

// output is a stream that a test can read while a command writes it.
type output struct{ screen }

func (o *output) has(text string) func() bool {
	return func() bool { return strings.Contains(o.String(), text) }
}

func rotating(t *testing.T, dir string, out *output, args ...string) *exec.Cmd {
	cmd := command(t, append([]string{"run", "-c", "file://" + dir + "?ttl=100ms"}, args...)...)
	cmd.Stdout, cmd.Stderr = out, out
	t.Cleanup(func() { noCanary(t, "the output", out.String()) })
	return cmd
}

func TestARotationRestarts(t *testing.T) {
	dir, rotate := folder(t)
	var out output
	cmd := rotating(t, dir, &out, "--on-rotate", "restart", "-e", "KEY=key", "--", "sh", "-c",
		`trap 'echo "old ended: $KEY"; exit 1' TERM; echo "start ${KEY%%-*} $KEY"; while :; do sleep 0.02; done`)
	wait := start(t, cmd)
	eventually(t, "the first start", out.has("start first [redacted:key]"))
	rotate("second-" + canary)
	eventually(t, "the end of the old command", out.has("old ended: [redacted:key]"))
	eventually(t, "the second start", out.has("start second [redacted:key]"))
	// A store that fails does not restart the command. When the command ends by
	// itself, run ends too.
	if err := os.Remove(filepath.Join(dir, "key")); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Process.Signal(syscall.SIGTERM)
	if code := wait(); code != 1 {
		t.Errorf("exit code %d, want the command's 1", code)
	}
	if out.has("start third")() {
		t.Error("SIGTERM was followed by another start")
	}
}

func TestARotationRewritesFilesAndSignals(t *testing.T) {
	dir, rotate := folder(t)
	var out output
	cmd := rotating(t, dir, &out, "--on-rotate", "signal=HUP", "--file", "KEY=key", "--", "sh", "-c",
		`trap 'echo "reload $(cut -d- -f1 "$KEY")"; exit 8' HUP; echo ready; while :; do sleep 0.02; done`)
	wait := start(t, cmd)
	eventually(t, "the start", out.has("ready"))
	rotate("second-" + canary)
	eventually(t, "the reload", out.has("reload second"))
	if code := wait(); code != 8 {
		t.Errorf("exit code %d, want 8", code)
	}
}

func TestARotationEnds(t *testing.T) {
	dir, rotate := folder(t)
	var out output
	cmd := rotating(t, dir, &out, "--on-rotate", "exit", "--grace", "200ms", "-e", "KEY=key", "--", "sh", "-c",
		`trap '' TERM; echo ready; while :; do sleep 0.02; done`)
	wait := start(t, cmd)
	eventually(t, "the start", out.has("ready"))
	rotate("second-" + canary)
	if code := wait(); code != 128+9 {
		t.Errorf("exit code %d, want the exit code of a killed command", code)
	}
}
