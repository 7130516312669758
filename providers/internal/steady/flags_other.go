//go:build !unix

package steady

import "os"

// Flags are the flags that open a file for reading.
const Flags = os.O_RDONLY
