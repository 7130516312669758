package cli

import (
	"runtime"
	"runtime/debug"
)

// version returns the version that the go command stamped: the version of a
// release, or (devel) with the commit.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "(unknown), " + runtime.Version()
	}
	text := info.Main.Version
	if text == "" {
		text = "(devel)"
	}
	return text + ", " + runtime.Version() + " " + runtime.GOOS + "/" + runtime.GOARCH
}
