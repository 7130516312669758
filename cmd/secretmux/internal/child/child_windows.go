package child

import (
	"errors"
	"os"
	"os/signal"
	"syscall"
)

// terminate kills the process: Windows has no gentler way to end a process without
// a window.
var terminate = os.Kill //nolint:gochecknoglobals // os.Kill is a variable

// ownGroup does nothing. Windows sends Ctrl-C to all processes of a console, and a
// group would keep it from the program.
func ownGroup() *syscall.SysProcAttr { return nil }

func (p *Process) send(sig os.Signal) { _ = p.cmd.Process.Signal(sig) }

func exitCode(state *os.ProcessState) int {
	if state == nil {
		return 255
	}
	return state.ExitCode()
}

// Listen catches Ctrl-C, so that this process waits for the program. The program
// gets Ctrl-C from the console as well.
func Listen() (signals <-chan os.Signal, stop func()) {
	received := make(chan os.Signal, 64)
	signal.Notify(received, os.Interrupt)
	return received, func() { signal.Stop(received) }
}

// Terminal is the console. It sends Ctrl-C to all its processes.
type Terminal struct{}

// OpenTerminal returns the console.
func OpenTerminal() Terminal { return Terminal{} }

// Exists returns true, so that the program stays in the group of this process.
func (Terminal) Exists() bool { return true }

// Close does nothing.
func (Terminal) Close() {}

// Sends returns true, because no signal has to be forwarded.
func (Terminal) Sends(os.Signal) bool { return true }

// Ends reports whether a signal asks a program to end.
func Ends(os.Signal) bool { return true }

// Replace is not possible on Windows.
func Replace(string, []string, []string) error { return errors.ErrUnsupported }

// Reason returns an error for an error of Start. It quotes nothing that was typed.
func Reason(err error) error {
	switch {
	case errors.Is(err, os.ErrNotExist):
		return ErrNotFound
	case errors.Is(err, os.ErrPermission):
		return ErrNotRunnable
	}
	return errors.New("the system could not start the command")
}
