//go:build !unix

package dotenv

import (
	"context"
	"errors"
)

// hasFIFO reports whether the file system of this system has FIFOs.
const hasFIFO = false

// readPipe is never called: no Options with FIFO are good here.
func readPipe(context.Context, string, bool) intake { return intake{err: errors.ErrUnsupported} }
