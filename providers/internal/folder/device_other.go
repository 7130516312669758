//go:build !unix && !windows

package folder

import "os"

// device can't be told here.
func device(*os.Root, string) string { return "" }
