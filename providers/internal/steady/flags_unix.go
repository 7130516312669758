//go:build unix

package steady

import (
	"os"
	"syscall"
)

// Flags let a pipe without a writer open at once instead of never.
const Flags = os.O_RDONLY | syscall.O_NONBLOCK
