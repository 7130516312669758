//go:build unix

package child

import (
	"errors"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/sys/unix"
)

const terminate = syscall.SIGTERM

func ownGroup() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

func (p *Process) send(sig os.Signal) {
	number, ok := sig.(syscall.Signal)
	if p.group && ok {
		_ = syscall.Kill(-p.cmd.Process.Pid, number)
		return
	}
	_ = p.cmd.Process.Signal(sig)
}

func exitCode(state *os.ProcessState) int {
	if state == nil {
		return 255
	}
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return 128 + int(status.Signal())
	}
	return state.ExitCode()
}

// forwarded are the signals that somebody may mean for the program. All others
// are left alone: the Go runtime sends itself SIGURG many times a second.
func forwarded() []os.Signal {
	return []os.Signal{
		syscall.SIGHUP, syscall.SIGINT, syscall.SIGTERM, syscall.SIGQUIT,
		syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGCONT, syscall.SIGWINCH,
	}
}

// Listen returns a channel of the signals to forward. Call it before Start: a
// signal in between would be lost, or end this process and leave the program
// behind. What was ignored when this process started, as SIGHUP is below nohup,
// stays ignored, for the program too.
//
// SIGPIPE goes nowhere: a reader of our output that leaves must not kill us. The
// program gets its own.
func Listen() (signals <-chan os.Signal, stop func()) {
	received := make(chan os.Signal, 64)
	for _, sig := range forwarded() {
		if !signal.Ignored(sig) {
			signal.Notify(received, sig)
		}
	}
	nowhere := make(chan os.Signal, 1)
	signal.Notify(nowhere, syscall.SIGPIPE)
	return received, func() {
		signal.Stop(received)
		signal.Stop(nowhere)
	}
}

// Terminal tells which signals reach a program without us.
type Terminal struct{ tty *os.File }

// OpenTerminal opens the controlling terminal of this process. There is none
// below a supervisor, in a container and in a pipeline of a build.
func OpenTerminal() Terminal {
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		return Terminal{}
	}
	return Terminal{tty: tty}
}

// Exists says whether there is a controlling terminal.
func (t Terminal) Exists() bool { return t.tty != nil }

// Close closes it.
func (t Terminal) Close() {
	if t.tty != nil {
		_ = t.tty.Close()
	}
}

// Sends says whether the terminal sends this signal to the whole foreground group,
// the program included, so that to forward it would be to send it twice.
func (t Terminal) Sends(sig os.Signal) bool {
	if t.tty == nil {
		return false
	}
	switch sig {
	case syscall.SIGINT, syscall.SIGQUIT, syscall.SIGWINCH:
	default:
		return false
	}
	foreground, err := unix.IoctlGetInt(int(t.tty.Fd()), unix.TIOCGPGRP)
	return err == nil && foreground == unix.Getpgrp()
}

// Ends says whether a signal asks a program to end.
func Ends(sig os.Signal) bool {
	switch sig {
	case syscall.SIGHUP, syscall.SIGINT, syscall.SIGTERM, syscall.SIGQUIT:
		return true
	}
	return false
}

// Replace executes the program in the place of this process. It returns only when
// that failed. The environment must have each variable once.
func Replace(path string, args, env []string) error {
	return syscall.Exec(path, args, env) //nolint:gosec // to run what was asked for is what it is for
}

// Reason turns an error of Start or Replace into one that quotes nothing.
func Reason(err error) error {
	switch {
	case errors.Is(err, os.ErrNotExist):
		return ErrNotFound
	case errors.Is(err, os.ErrPermission), errors.Is(err, syscall.ENOEXEC):
		return ErrNotRunnable
	case errors.Is(err, syscall.E2BIG):
		return errors.New("the environment and the arguments are too long together; --file hands over long values")
	}
	var number syscall.Errno
	if errors.As(err, &number) {
		return errors.New("the system could not start the command: " + number.Error())
	}
	return errors.New("the system could not start the command")
}
