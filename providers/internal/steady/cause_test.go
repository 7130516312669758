package steady

import (
	"io/fs"
	"syscall"
	"testing"
)

func TestNotAPathBySystem(t *testing.T) {
	for _, c := range []struct {
		err            error
		posix, windows bool
	}{
		{syscall.ENOTDIR, true, true},
		{syscall.ELOOP, true, true},
		{syscall.ENAMETOOLONG, true, true},
		{syscall.EINVAL, true, true},
		{syscall.Errno(123), false, true},
		{syscall.Errno(161), false, true},
		{syscall.Errno(206), false, true},
		{syscall.Errno(267), false, true},
		{syscall.Errno(1921), false, true},
		{syscall.EACCES, false, false},
		{syscall.ENOENT, false, false},
		{fs.ErrClosed, false, false},
	} {
		err := &fs.PathError{Op: "open", Path: "x", Err: c.err}
		if posix, windows := notAPath(err, "linux"), notAPath(err, "windows"); posix != c.posix || windows != c.windows {
			t.Errorf("%v: %v on Linux, %v on Windows", c.err, posix, windows)
		}
	}
}
