//go:build unix

package cli_test

import (
	"bufio"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/creack/pty"
)

// The kernel may merge two signals that come close together, so a count of one
// proves little. A command outside of the terminal's session gets only the signals
// that run forwards, and here it must get none.
func TestOneCtrlCIsOneSignal(t *testing.T) {
	const count = `n=0; trap 'n=$((n+1)); echo "INT"' INT; echo ready
		i=0; while [ $i -lt 40 ]; do sleep 0.02; i=$((i+1)); done; echo "in all $n"`
	t.Run("from the terminal", func(t *testing.T) { ctrlC(t, script(t, count), "in all 1") })
	t.Run("forwarded", func(t *testing.T) {
		if _, err := exec.LookPath("setsid"); err != nil {
			t.Skip("setsid is not installed")
		}
		cmd := command(t, "run", "-e", "X=db/password", "--", "setsid", "sh", "-c", count)
		ctrlC(t, cmd, "in all 0")
	})
}

// ctrlC runs cmd on a terminal, types Ctrl-C when cmd is ready, and checks its last
// line.
func ctrlC(t *testing.T, cmd *exec.Cmd, want string) {
	t.Helper()
	terminal, err := pty.Start(cmd)
	if err != nil {
		t.Fatal(err)
	}
	defer terminal.Close()
	ended := time.AfterFunc(patience, func() { _ = cmd.Process.Kill() })
	defer ended.Stop()
	var all []string
	for scanner := bufio.NewScanner(terminal); scanner.Scan(); {
		line := strings.TrimPrefix(scanner.Text(), "^C")
		all = append(all, line)
		switch {
		case line == "ready":
			_, _ = terminal.Write([]byte{3})
		case strings.HasPrefix(line, "in all"):
			_ = cmd.Wait()
			if line != want || cmd.ProcessState.ExitCode() != 0 {
				t.Errorf("%q, exit code %d, want %s", all, cmd.ProcessState.ExitCode(), want)
			}
			return
		}
	}
	_ = cmd.Wait()
	t.Fatalf("ended with %q", all)
}

func TestATerminalIsNotMasked(t *testing.T) {
	cmd := script(t, `test -t 0 && test -t 1 && test -t 2 && echo terminal`)
	terminal, err := pty.Start(cmd)
	if err != nil {
		t.Fatal(err)
	}
	defer terminal.Close()
	line, _ := bufio.NewReader(terminal).ReadString('\n')
	_ = cmd.Wait()
	if strings.TrimSpace(line) != "terminal" {
		t.Errorf("got %q", line)
	}
	cmd = script(t, `touch started`, "--mask", "always")
	cmd.Dir = t.TempDir()
	if terminal, err = pty.Start(cmd); err != nil {
		t.Fatal(err)
	}
	defer terminal.Close()
	line, _ = bufio.NewReader(terminal).ReadString('\n')
	_ = cmd.Wait()
	if !strings.Contains(line, "is a terminal, and run can't mask a terminal") || cmd.ProcessState.ExitCode() != 2 {
		t.Errorf("--mask always on a terminal: %q, exit code %d", line, cmd.ProcessState.ExitCode())
	}
}
