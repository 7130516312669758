package folder

import (
	"strconv"
	"syscall"
)

// device names the volume that the folder is on; it is empty if that is unknown.
func device(v *view) string {
	d, err := v.root.Open(v.base)
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
