//go:build unix

package folder

import (
	"os"
	"strconv"
	"syscall"
)

// device names the file system that name is on, below root; it is empty where
// nobody can tell. Each mount of a tmpfs is a device of its own.
func device(root *os.Root, name string) string {
	info, err := root.Stat(name)
	if err != nil {
		return ""
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return ""
	}
	return strconv.FormatUint(uint64(stat.Dev), 16) //nolint:unconvert // the type differs by system
}
