//go:build !unix && !windows

package folder

// device can't be told here.
func device(*view) string { return "" }
