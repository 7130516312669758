//go:build unix

package file

import (
	"os"
	"syscall"
)

// openFlags let a pipe without a writer open at once instead of never.
const openFlags = os.O_RDONLY | syscall.O_NONBLOCK
