package steady

import (
	"errors"
	"io/fs"
	"os"
	"runtime"
	"syscall"
)

// NotAPath reports whether err says that no file can have this path: a part of the
// path is a file, it is a circle of links, it is too long, or it has a character that
// is not valid in a path.
func NotAPath(err error) bool { return notAPath(err, runtime.GOOS) }

func notAPath(err error, goos string) bool {
	var native syscall.Errno
	switch {
	case errors.Is(err, syscall.ENOTDIR), errors.Is(err, syscall.ELOOP), errors.Is(err, syscall.ENAMETOOLONG), errors.Is(err, syscall.EINVAL):
		return true
	case goos != "windows" || !errors.As(err, &native):
		return false
	}
	// Windows has its own codes, which package syscall does not map
	// (learn.microsoft.com/windows/win32/debug/system-error-codes).
	switch native {
	case 123, // ERROR_INVALID_NAME
		161,  // ERROR_BAD_PATHNAME
		206,  // ERROR_FILENAME_EXCED_RANGE
		267,  // ERROR_DIRECTORY: part of it is a file
		1921: // ERROR_CANT_RESOLVE_FILENAME: a loop
		return true
	}
	return false
}

// WithoutPath keeps the system's own error about a file and drops the path. The path
// may be a value in the wrong place, or the target of a link.
func WithoutPath(err error) error {
	for {
		var (
			path *fs.PathError
			link *os.LinkError
		)
		switch {
		case errors.As(err, &path):
			err = path.Err
		case errors.As(err, &link):
			err = link.Err
		default:
			return err
		}
	}
}
