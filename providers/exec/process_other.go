//go:build !unix

package exec

import "os/exec"

// own does nothing: there are no process groups to kill here.
func own(*exec.Cmd) {}

// kill kills the command.
func kill(cmd *exec.Cmd) error { return cmd.Process.Kill() }
