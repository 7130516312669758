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

// forwarded are the signals that may be meant for the program. Other signals must
// not be forwarded: the Go runtime sends itself SIGURG many times a second.
func forwarded() []os.Signal {
	return []os.Signal{
		syscall.SIGHUP, syscall.SIGINT, syscall.SIGTERM, syscall.SIGQUIT,
		syscall.SIGUSR1, syscall.SIGUSR2, syscall.SIGCONT, syscall.SIGWINCH,
	}
}

// Listen returns a channel of the signals to forward. Call it before Start: a
// signal in between would be lost, or would end this process and leave the program
// behind. A signal that was ignored when this process started stays ignored, for
// the program too. An example is SIGHUP under nohup.
//
// Listen drops SIGPIPE: this process must not end when the reader of its output
// does. The program gets a SIGPIPE of its own.
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

// Terminal knows which signals reach a program without us.
type Terminal struct{ tty *os.File }

// OpenTerminal opens the controlling terminal of this process. Under a supervisor,
// in most containers and in a build there is no terminal.
func OpenTerminal() Terminal {
	tty, err := os.OpenFile("/dev/tty", os.O_RDWR|syscall.O_NOCTTY, 0)
	if err != nil {
		return Terminal{}
	}
	return Terminal{tty: tty}
}

// Exists reports whether there is a controlling terminal.
func (t Terminal) Exists() bool { return t.tty != nil }

// Close closes the terminal.
func (t Terminal) Close() {
	if t.tty != nil {
		_ = t.tty.Close()
	}
}

// Sends reports whether the terminal sends this signal to the whole foreground
// group. The program is in that group, so it must not get the signal from us as
// well.
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

// Ends reports whether a signal asks a program to end.
func Ends(sig os.Signal) bool {
	switch sig {
	case syscall.SIGHUP, syscall.SIGINT, syscall.SIGTERM, syscall.SIGQUIT:
		return true
	}
	return false
}

// Replace executes the program in place of this process. It returns only if that
// fails. The environment must have each variable once.
func Replace(path string, args, env []string) error {
	return syscall.Exec(path, args, env) //nolint:gosec // the user named the command
}

// Reason returns an error for an error of Start or Replace. It quotes nothing that
// was typed.
func Reason(err error) error {
	switch {
	case errors.Is(err, os.ErrNotExist):
		return ErrNotFound
	case errors.Is(err, os.ErrPermission), errors.Is(err, syscall.ENOEXEC):
		return ErrNotRunnable
	case errors.Is(err, syscall.E2BIG):
		return errors.New("the environment and the arguments are too long for the system; use --file for long values")
	}
	var number syscall.Errno
	if errors.As(err, &number) {
		return errors.New("the system could not start the command: " + number.Error())
	}
	return errors.New("the system could not start the command")
}
