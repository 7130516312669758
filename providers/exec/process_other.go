//go:build !unix

package exec

import "os/exec"

// own does nothing, because this system has no process groups to kill.
func own(*exec.Cmd) {}

// kill kills the command.
func kill(cmd *exec.Cmd) error { return cmd.Process.Kill() }
