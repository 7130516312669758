//go:build !unix

package dotenv

import (
	"context"
	"errors"
)

// hasFIFO reports whether the file system of this system has FIFOs.
const hasFIFO = false

// readPipe is never called, because Options with FIFO are invalid on this system.
func readPipe(context.Context, string, bool) intake { return intake{err: errors.ErrUnsupported} }
