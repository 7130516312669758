//go:build unix

package scan

import "syscall"

// nonBlocking is for a FIFO that replaced a file after the check: opening it must
// not wait for a writer.
const nonBlocking = syscall.O_NONBLOCK
