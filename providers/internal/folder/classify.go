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

// absent reports whether err says that a file does not exist. Below a file there
// is nothing, which systems report in their own way.
func absent(err error) bool {
	return errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR)
}

// Classify maps what the system and this package say to a class and to what can be
// done. A context's end has no class: it is the caller's.
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
		return secretmux.ErrUnavailable, "mount the volume again; with missing=absent, a secret counts as absent while the folder is gone"
	case absent(err):
		return secretmux.ErrNotFound, "check the name: the folder exists and does not have this file"
	case errors.Is(err, fs.ErrPermission):
		return secretmux.ErrDenied, "let the user of this process read the file and search its folders"
	case errors.Is(err, steady.ErrTooLarge):
		return secretmux.ErrTooLarge, "a secret is at most 1 MiB; keep larger data elsewhere"
	case errors.Is(err, steady.ErrHangs):
		return secretmux.ErrUnavailable, "check the disk or the mount; the other files are read"
	case errors.Is(err, steady.ErrChanging):
		return secretmux.ErrUnavailable, "write a new file beside it and rename it into place"
	}
	if hint := invalidHint(err); hint != "" {
		return secretmux.ErrInvalid, hint
	}
	return secretmux.ErrUnavailable, "check the disk or the mount"
}

// invalidHint says what to do where trying again does not help, and nothing for
// other errors.
func invalidHint(err error) string {
	var native syscall.Errno
	switch {
	case errors.Is(err, errHidden):
		return "such names belong to the mount; ask for the name beside it"
	case errors.Is(err, errNotLocal):
		return "separate segments with / and leave out reserved names"
	case errors.Is(err, place.ErrNotFolder):
		return "name the folder that holds the files, one secret each"
	case errors.Is(err, steady.ErrUTF16):
		return steady.HintUTF16 + ", or read its bytes with trim=none"
	case errors.Is(err, steady.ErrDirectory), errors.Is(err, syscall.EISDIR):
		return "name a file below the directory"
	case errors.Is(err, steady.ErrNotRegular), errors.Is(err, syscall.ENXIO), errors.Is(err, syscall.ENODEV):
		return "pipes, sockets and devices hold no secrets"
	case errors.Is(err, syscall.ENAMETOOLONG):
		return "shorten the name: a file system takes at most 255 bytes between two /"
	case errors.Is(err, syscall.ELOOP):
		return "a path may have at most 8 symbolic links, and no loop"
	case steady.NotAPath(err):
		return "the file system does not take this name"
	case !errors.As(err, &native):
		// os.Root has no exported error for this, and no other error of its own.
		return "a symbolic link must be relative and stay inside the folder"
	}
	return ""
}
