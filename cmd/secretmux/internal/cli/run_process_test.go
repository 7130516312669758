//go:build unix

package cli_test

import (
	"bufio"
	"bytes"
	"crypto/rand"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// patience is how long a test waits for an event that takes moments on an idle
// machine.
const patience = 2 * time.Minute

// eventually polls until ok is true.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	deadline := time.After(patience)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !ok() {
		select {
		case <-deadline:
			t.Fatal("never: " + what)
		case <-tick.C:
		}
	}
}

func fileHolds(path, text string) func() bool {
	return func() bool {
		got, err := os.ReadFile(path)
		return err == nil && strings.Contains(string(got), text)
	}
}

// start starts the command as a process without a terminal, in a new session. It
// returns a function that waits for the exit code.
func start(t *testing.T, cmd *exec.Cmd) (wait func() int) {
	t.Helper()
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = cmd.Wait()
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-ended
	})
	return func() int {
		t.Helper()
		select {
		case <-ended:
			return cmd.ProcessState.ExitCode()
		case <-time.After(patience):
			t.Fatal("run did not end")
			return -1
		}
	}
}

// script returns a command in which run runs a shell script.
func script(t *testing.T, text string, flags ...string) *exec.Cmd {
	args := append([]string{"run", "-e", "X=db/password"}, flags...)
	return command(t, append(args, "--", "sh", "-c", text)...)
}

func TestSignalsReachTheWholeGroup(t *testing.T) {
	dir := t.TempDir()
	log := filepath.Join(dir, "log")
	cmd := script(t, `
		sh -c 'trap "echo grandchild >>`+log+`; exit" TERM; echo ready >>`+log+`; while :; do sleep 0.01; done' &
		trap 'echo child >>`+log+`; wait; exit 7' TERM
		while :; do sleep 0.01; done`)
	wait := start(t, cmd)
	eventually(t, "the grandchild is ready", fileHolds(log, "ready"))
	sent := time.Now()
	_ = cmd.Process.Signal(syscall.SIGTERM)
	eventually(t, "both have the signal", func() bool { return fileHolds(log, "grandchild")() && fileHolds(log, "child\n")() })
	t.Logf("both had the signal after %v", time.Since(sent))
	if code := wait(); code != 7 {
		t.Errorf("exit code %d, want the handler's 7", code)
	}
}

func TestRunWaitsForAHandler(t *testing.T) {
	log := filepath.Join(t.TempDir(), "log")
	for name, sig := range map[string]syscall.Signal{
		"HUP": syscall.SIGHUP, "INT": syscall.SIGINT, "TERM": syscall.SIGTERM, "QUIT": syscall.SIGQUIT,
		"USR1": syscall.SIGUSR1, "USR2": syscall.SIGUSR2, "CONT": syscall.SIGCONT, "WINCH": syscall.SIGWINCH,
	} {
		t.Run(name, func(t *testing.T) {
			_ = os.Remove(log)
			cmd := script(t, `trap 'sleep 1; echo handled; exit 9' `+name+`; echo ready >`+log+`; while :; do sleep 0.01; done`)
			var out bytes.Buffer
			cmd.Stdout = &out
			wait := start(t, cmd)
			eventually(t, "the child is ready", fileHolds(log, "ready"))
			_ = cmd.Process.Signal(sig)
			if code := wait(); code != 9 || out.String() != "handled\n" {
				t.Errorf("exit code %d, output %q", code, out.String())
			}
		})
	}
}

func TestASignalBeforeTheStartStartsNothing(t *testing.T) {
	dir := t.TempDir()
	fifo := filepath.Join(dir, "pipe.env")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := command(t, "run", "-c", "dotenv://"+fifo+"?fifo=true&timeout=1m", "-e", "X=x", "--", "touch", filepath.Join(dir, "started"))
	wait := start(t, cmd)
	// The command reads the FIFO when the test can open it for writing.
	eventually(t, "the FIFO is read", func() bool {
		file, err := os.OpenFile(fifo, os.O_WRONLY|syscall.O_NONBLOCK, 0)
		if err == nil {
			t.Cleanup(func() { _ = file.Close() })
		}
		return err == nil
	})
	_ = cmd.Process.Signal(syscall.SIGINT)
	if code := wait(); code != 130 {
		t.Errorf("exit code %d, want 130", code)
	}
	if _, err := os.Stat(filepath.Join(dir, "started")); err == nil {
		t.Error("the command was started")
	}
}

func TestOnlyListedSignalsReachTheChild(t *testing.T) {
	dir := t.TempDir()
	log, stop := filepath.Join(dir, "log"), filepath.Join(dir, "stop")
	traps := ""
	for _, name := range []string{"URG", "CHLD", "PIPE", "ALRM", "WINCH", "IO"} {
		traps += "trap 'echo " + name + " >>" + log + "' " + name + "; "
	}
	// A lot of output makes the parent and its garbage collector work for ten
	// seconds: a busy runtime sends itself SIGURG. The loop has only builtin
	// commands of the shell, because the end of another program would be a SIGCHLD.
	cmd := script(t, traps+`echo ready >>`+log+`; i=0; while [ ! -e `+stop+` ]; do echo "line $i of $X and more text to mask"; i=$((i+1)); done`)
	cmd.Env = append(cmd.Env, "GOGC=1")
	cmd.Stdout = io.Discard
	wait := start(t, cmd)
	eventually(t, "the child is ready", fileHolds(log, "ready"))
	<-time.After(10 * time.Second)
	if err := os.WriteFile(stop, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if code := wait(); code != 0 {
		t.Errorf("exit code %d", code)
	}
	if got, err := os.ReadFile(log); err != nil || string(got) != "ready\n" {
		t.Errorf("signals reached the child: %q, %v", got, err)
	}
}

func TestIgnoredSignalsStayIgnored(t *testing.T) {
	self := script(t, `kill -HUP $$; echo alive`)
	cmd := exec.Command("sh", append([]string{"-c", `trap '' HUP; exec "$@"`, "sh"}, self.Args...)...)
	cmd.Env = self.Env
	var out bytes.Buffer
	cmd.Stdout = &out
	if code := start(t, cmd)(); code != 0 || out.String() != "alive\n" {
		t.Errorf("exit code %d, output %q", code, out.String())
	}
}

func TestAGrandchildThatKeepsStdoutDoesNotDelayTheEnd(t *testing.T) {
	cmd := script(t, `sleep 60 & echo $!; exit 3`)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	wait := start(t, cmd)
	line, _ := bufio.NewReader(out).ReadString('\n')
	if pid, err := strconv.Atoi(strings.TrimSpace(line)); err == nil {
		t.Cleanup(func() { _ = syscall.Kill(pid, syscall.SIGKILL) })
	}
	if code := wait(); code != 3 {
		t.Errorf("exit code %d, want 3", code)
	}
	// On an idle machine it ends within 3 s. The grandchild stays for a minute.
	took := time.Since(began)
	t.Logf("run ended after %v", took)
	if took > 50*time.Second {
		t.Errorf("run took %v, so it waited for the grandchild", took)
	}
}

func TestAReaderThatLeavesEndsOnlyTheChild(t *testing.T) {
	log := filepath.Join(t.TempDir(), "log")
	cmd := script(t, `trap 'echo cleaned >`+log+`; exit 5' PIPE; while echo line; do :; done; exit 6`)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	wait := start(t, cmd)
	_, _ = out.Read(make([]byte, 1))
	_ = out.Close()
	if code := wait(); code != 5 && code != 6 {
		t.Errorf("exit code %d, want the exit code of the command", code)
	}
}

func TestExecTakesThePlaceOfTheProcess(t *testing.T) {
	cmd := script(t, `echo $$; test "$X" = `+canary+` && exit 4`, "--exec")
	var out bytes.Buffer
	cmd.Stdout = &out
	if code := start(t, cmd)(); code != 4 || strings.TrimSpace(out.String()) != fmt.Sprint(cmd.Process.Pid) {
		t.Errorf("exit code %d, process %q, want the process of run, %d", code, out.String(), cmd.Process.Pid)
	}
}

func TestNoArgumentHoldsAValue(t *testing.T) {
	log := filepath.Join(t.TempDir(), "log")
	cmd := script(t, `sh -c 'sleep 0.1; true' & echo ready >`+log+`; read line; wait`)
	value := rand.Text() // no other process of the machine has this value
	cmd.Env = append(cmd.Env, "DB_PASSWORD="+value)
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	wait := start(t, cmd)
	eventually(t, "the command runs", fileHolds(log, "ready"))
	out, err := exec.Command("ps", "-A", "-ww", "-o", "args").Output()
	if err != nil {
		t.Skip("there is no ps on this system: " + err.Error())
	}
	if strings.Contains(string(out), value) {
		t.Error("the arguments of a process hold the value")
	}
	_ = in.Close()
	if code := wait(); code != 0 {
		t.Errorf("exit code %d", code)
	}
}
