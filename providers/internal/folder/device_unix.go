//go:build unix

package folder

import (
	"strconv"
	"syscall"
)

// device names the file system that the folder is on; it is empty if that is
// unknown. Each mount of a tmpfs is a device of its own.
func device(v *view) string {
	stat, ok := v.info.Sys().(*syscall.Stat_t)
	if !ok {
		return ""
	}
	return strconv.FormatUint(uint64(stat.Dev), 16) //nolint:unconvert // the type differs by system
}
