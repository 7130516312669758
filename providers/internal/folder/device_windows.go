package folder

import (
	"os"
	"strconv"
	"syscall"
)

// device names the volume that name is on, below root; it is empty where nobody
// can tell.
func device(root *os.Root, name string) string {
	d, err := root.Open(name)
	if err != nil {
		return ""
	}
	defer func() { _ = d.Close() }()
	var info syscall.ByHandleFileInformation
	if syscall.GetFileInformationByHandle(syscall.Handle(d.Fd()), &info) != nil {
		return ""
	}
	return strconv.FormatUint(uint64(info.VolumeSerialNumber), 16)
}
