//go:build unix

package scan

import (
	"syscall"
	"time"
)

// processTime is the processor time that this process has used. On a shared
// machine it says more than the clock.
func processTime() time.Duration { return usage(syscall.RUSAGE_SELF) }

// childrenTime is that of the programs that it ran and that ended.
func childrenTime() time.Duration { return usage(syscall.RUSAGE_CHILDREN) }

func usage(who int) time.Duration {
	var u syscall.Rusage
	_ = syscall.Getrusage(who, &u)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
