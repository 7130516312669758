package folder

import (
	"context"
	"errors"
	"io/fs"
	"syscall"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/internal/place"
	"github.com/secretmux/secretmux/providers/internal/steady"
)

// absent reports whether err says that a file does not exist. Nothing exists below a
// file, and systems report that in their own ways.
func absent(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}

// Classify maps the errors of the system and of this package to a class and a hint.
// The end of a context has no class, because it belongs to the caller.
func Classify(err error) (class error, hint string) {
	var (
		gone *place.GoneError
		lost *lostError
	)
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return nil, ""
	case errors.As(err, &gone):
		return gone.Class, gone.Hint()
	case errors.As(err, &lost):
		return secretmux.ErrUnavailable, "mount the volume again; with missing=absent, its secrets count as absent until then"
	case absent(err):
		return secretmux.ErrNotFound, "check the name: the folder exists and does not have this file"
	case errors.Is(err, fs.ErrPermission):
		return secretmux.ErrDenied, "give the user of this process permission to read the file and to search its folders"
	case errors.Is(err, steady.ErrTooLarge):
		return secretmux.ErrTooLarge, "keep data over 1 MiB elsewhere"
	case errors.Is(err, steady.ErrHangs):
		return secretmux.ErrUnavailable, "check the disk or the mount; the other files are read"
	case errors.Is(err, steady.ErrChanging):
		return secretmux.ErrUnavailable, "write a new file beside the old one and rename it into place"
	}
	if hint := invalidHint(err); hint != "" {
		return secretmux.ErrInvalid, hint
	}
	return secretmux.ErrUnavailable, "check the disk or the mount"
}

// invalidHint is the hint for errors after which another try does not help. It is
// empty for other errors.
func invalidHint(err error) string {
	var native syscall.Errno
	switch {
	case errors.Is(err, errHidden):
		return "ask for a name without .. at the start of a segment; the others belong to the mount"
	case errors.Is(err, errNotLocal):
		return "separate segments with / and leave out reserved names"
	case errors.Is(err, place.ErrNotFolder):
		return "write the path of the folder whose files are the secrets"
	case errors.Is(err, steady.ErrUTF16):
		return steady.HintUTF16 + ", or read its bytes unchanged with trim=none"
	case errors.Is(err, steady.ErrDirectory), errors.Is(err, syscall.EISDIR):
		return "write the name of a file below this directory"
	case errors.Is(err, steady.ErrNotRegular), errors.Is(err, syscall.ENXIO), errors.Is(err, syscall.ENODEV):
		return "replace it by a regular file: pipes, sockets and devices are not read"
	case errors.Is(err, syscall.ENAMETOOLONG):
		return "shorten the name: a file system allows at most 255 bytes between two /"
	case errors.Is(err, syscall.ELOOP):
		return "remove links: a path may have at most 8 symbolic links, and they must not form a circle"
	case steady.NotAPath(err):
		return "choose another name: the file system does not accept this one"
	case !errors.As(err, &native):
		// os.Root has no exported error for this. It has no other error of its own.
		return "make the symbolic link relative, and let it stay inside the folder"
	}
	return ""
}
