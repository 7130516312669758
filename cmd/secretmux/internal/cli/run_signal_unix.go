//go:build unix

package cli

import (
	"os"
	"syscall"
)

// signalNamed returns the signal with this name, or nil if --on-rotate signal= may
// not send it.
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
