//go:build unix

package cli

import (
	"os"
	"syscall"
)

// signalNamed is the signal that --on-rotate signal= may send; nil for others.
func signalNamed(name string) os.Signal {
	switch name {
	case "HUP":
		return syscall.SIGHUP
	case "INT":
		return syscall.SIGINT
	case "TERM":
		return syscall.SIGTERM
	case "QUIT":
		return syscall.SIGQUIT
	case "USR1":
		return syscall.SIGUSR1
	case "USR2":
		return syscall.SIGUSR2
	}
	return nil
}
