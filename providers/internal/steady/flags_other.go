//go:build !unix

package steady

import "os"

// Flags open a file for reading.
const Flags = os.O_RDONLY
