package folder

import (
	"errors"
	"path/filepath"
	"runtime"
	"strings"
)

// The faults of a path. Their texts never quote it.
var (
	errHidden   = errors.New("a segment of the name starts with two dots")
	errNotLocal = errors.New("the name can't be a path below the folder")
)

// checkPath refuses a path that no file of the folder has.
func checkPath(path string) error {
	switch {
	case hidden(path):
		return errHidden
	case !local(path, runtime.GOOS), !filepath.IsLocal(path):
		return errNotLocal
	}
	return nil
}

// hidden reports whether a segment of name starts with "..". Kubernetes reserves
// these names for the links and generations of its volumes.
func hidden(name string) bool {
	return strings.HasPrefix(name, "..") || strings.Contains(name, "/..")
}

// local reports whether path can be the path of a file on the system goos. Windows
// gives some characters a meaning of their own. It drops dots and spaces at the end
// of a segment, so that two names would be one file. It reserves the names of devices
// (learn.microsoft.com/windows/win32/fileio/naming-a-file).
func local(path, goos string) bool {
	if goos != "windows" {
		return true
	}
	for segment := range strings.SplitSeq(path, "/") {
		if strings.ContainsAny(segment, `\:*?"<>|`) || strings.TrimRight(segment, ". ") != segment || reserved(segment) {
			return false
		}
	}
	return true
}

// reserved reports whether Windows reads a segment as a device, with any extension.
func reserved(segment string) bool {
	base, _, _ := strings.Cut(segment, ".")
	base = strings.ToUpper(strings.TrimRight(base, " "))
	switch base {
	case "CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$":
		return true
	}
	port, found := strings.CutPrefix(base, "COM")
	if !found {
		port, found = strings.CutPrefix(base, "LPT")
	}
	return found && len([]rune(port)) == 1 && strings.Contains("0123456789¹²³", port)
}
