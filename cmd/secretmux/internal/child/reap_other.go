//go:build !linux

package child

// Reap does nothing: a command is process number 1 only in a Linux container.
func Reap(func(pid int) bool) (stop func()) { return func() {} }
