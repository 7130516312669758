//go:build unix

package steady

import (
	"os"
	"syscall"
)

// Flags open a pipe without a writer at once. Without O_NONBLOCK the call would wait
// for ever.
const Flags = os.O_RDONLY | syscall.O_NONBLOCK
