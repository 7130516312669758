//go:build unix

package scan

import "syscall"

// nonBlocking keeps the opening of a FIFO that took a file's place from waiting
// for a writer.
const nonBlocking = syscall.O_NONBLOCK
