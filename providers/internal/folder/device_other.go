//go:build !unix && !windows

package folder

// device is unknown on this system.
func device(*view) string { return "" }
