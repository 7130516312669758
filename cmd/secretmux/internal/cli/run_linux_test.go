package cli_test

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

const readTwice = `for i in 1 2; do test "$(cat "$KEY")" = ` + canary + ` || exit 1; done
	sh -c 'test "$(cat "$KEY")" = ` + canary + `' || exit 2
	{ echo x >>"$KEY"; } 2>/dev/null && exit 3
	exit 0`

func TestSealedMemory(t *testing.T) {
	for _, how := range [][]string{{}, {"--exec"}} {
		args := append([]string{"run", "--file-mode", "memfd", "--file", "KEY=db/password"}, how...)
		cmd := command(t, append(args, "--", "sh", "-c", readTwice)...)
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		if code := start(t, cmd)(); code != 0 {
			t.Errorf("%v: exit code %d, %s", how, code, out.String())
		}
	}
}

// The command is process 1 of a namespace, like in a container without an init.
func TestProcessOneReapsOrphans(t *testing.T) {
	self := script(t, `
		test "$PPID" = 1 || exit 20
		for i in 1 2 3 4 5; do sh -c 'sh -c "exit 0" & exit 0'; done
		i=0
		while grep -ls '^State:.Z' /proc/[0-9]*/status >/dev/null; do
			i=$((i+1)); test $i -lt 200 || exit 21
			sleep 0.05
		done
		exit 42`)
	cmd := exec.Command(self.Path, self.Args[1:]...)
	cmd.Env = self.Env
	unshare, err := exec.LookPath("unshare")
	if err != nil {
		t.Skip("unshare is not installed")
	}
	cmd = exec.Command(unshare, append([]string{"--user", "--map-root-user", "--pid", "--fork", "--mount-proc", self.Path}, self.Args[1:]...)...)
	cmd.Env = self.Env
	var out bytes.Buffer
	cmd.Stderr = &out
	code := start(t, cmd)()
	if strings.Contains(out.String(), "unshare:") {
		t.Skip("this machine does not allow namespaces: " + out.String())
	}
	if code != 42 {
		t.Errorf("exit code %d, want 42; %s", code, out.String())
	}
}

func TestProcessOneEndsAtSIGTERM(t *testing.T) {
	log := filepath.Join(t.TempDir(), "log")
	self := script(t, `trap 'exit 43' TERM; echo ready >`+log+`; while :; do sleep 0.02; done`)
	unshare, err := exec.LookPath("unshare")
	if err != nil {
		t.Skip("unshare is not installed")
	}
	// unshare does not forward signals, so its shell finds process 1 and sends it
	// the signal.
	cmd := exec.Command(unshare, append([]string{"--user", "--map-root-user", "--pid", "--fork", "--mount-proc", self.Path}, self.Args[1:]...)...)
	cmd.Env = self.Env
	out := &screen{} // the test reads it while the command runs
	cmd.Stderr = out
	wait := start(t, cmd)
	eventually(t, "the command runs", func() bool {
		return fileHolds(log, "ready")() || errors.Is(cmd.Process.Signal(syscall.Signal(0)), os.ErrProcessDone)
	})
	if strings.Contains(out.String(), "unshare:") {
		t.Skip("this machine does not allow namespaces: " + out.String())
	}
	children, err := os.ReadFile("/proc/" + strconv.Itoa(cmd.Process.Pid) + "/task/" + strconv.Itoa(cmd.Process.Pid) + "/children")
	if err != nil {
		t.Fatal(err)
	}
	if err := exec.Command("kill", "-TERM", strings.TrimSpace(string(children))).Run(); err != nil {
		t.Fatal(err)
	}
	if code := wait(); code != 43 {
		t.Errorf("exit code %d, want 43", code)
	}
}
