//go:build unix

package exec

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
)

// own gives the command a process group of its own, so that kill reaches the
// processes that it starts, and a Ctrl-C of the terminal does not.
func own(cmd *exec.Cmd) { cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} }

// kill kills the group of the command.
func kill(cmd *exec.Cmd) error {
	err := syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	if errors.Is(err, syscall.ESRCH) {
		return os.ErrProcessDone
	}
	return err
}
