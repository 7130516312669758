package cli

import (
	"os"

	"golang.org/x/sys/unix"
)

const memfdWorks = true

// sealedMemory returns a file in memory that can't be changed, grown or shrunk. It
// is gone when the last process that has it open ends. With inPath the file stays
// open when another program replaces this process.
func sealedMemory(name string, value []byte, stays bool) (*os.File, error) {
	flags := unix.MFD_ALLOW_SEALING
	if !stays {
		flags |= unix.MFD_CLOEXEC
	}
	fd, err := unix.MemfdCreate(name, flags)
	if err != nil {
		return nil, os.NewSyscallError("memfd_create", err)
	}
	file := os.NewFile(uintptr(fd), name)
	if _, err = file.Write(value); err == nil {
		err = file.Chmod(0o600)
	}
	if err == nil {
		const seals = unix.F_SEAL_SHRINK | unix.F_SEAL_GROW | unix.F_SEAL_WRITE | unix.F_SEAL_SEAL
		_, err = unix.FcntlInt(file.Fd(), unix.F_ADD_SEALS, seals)
	}
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	return file, nil
}
