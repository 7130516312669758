//go:build !linux

package child

// Reap does nothing: only in a container of Linux is a command process number 1.
func Reap(func(pid int) bool) (stop func()) { return func() {} }
