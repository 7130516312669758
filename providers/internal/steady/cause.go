package steady

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// NotAPath reports whether no file can have the path that err is about: part of it
// is a file, it is a loop of links, it is too long, or it has a NUL.
func NotAPath(err error) bool {
	return errors.Is(err, syscall.ENOTDIR) || errors.Is(err, syscall.ELOOP) ||
		errors.Is(err, syscall.ENAMETOOLONG) || errors.Is(err, syscall.EINVAL)
}

// WithoutPath keeps what the system says of a file and drops the path, which may
// be a value in the wrong place, or the target of a link.
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
