package place

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"syscall"

	"github.com/secretmux/secretmux"
)

// ErrNotFolder says that a path leads through something that is not a folder.
var ErrNotFolder = errors.New("a part of the path is not a folder")

// GoneError says that a file or a folder does not exist, and which part of its path
// is missing in which folder. The path comes from a link, which the source of every
// error shows too.
type GoneError struct {
	// Class is the meaning of the absence: secretmux.ErrNotFound or
	// secretmux.ErrUnavailable.
	Class error
	// what is "file" or "folder".
	what string
	// part is the first part of the path that does not exist, in the folder above.
	part, above string
	// dangling says that part is a symbolic link to a path that does not exist.
	dangling bool
}

// Gone is the error for the file or folder at path, which does not exist. what is
// "file" or "folder". A relative path counts from the working directory. If a part of
// the path is not a folder, the error is ErrNotFolder, because not every system tells
// that from absence.
func Gone(what, path string, class error) error {
	e := &GoneError{Class: class, what: what, part: path, above: "the working directory"}
	full, err := filepath.Abs(path)
	if err != nil {
		return e // the working directory is unknown
	}
	for {
		above := filepath.Dir(full)
		e.part, e.above = filepath.Base(full), above
		info, err := os.Stat(above)
		if err == nil && !info.IsDir() {
			return ErrNotFolder
		}
		if err == nil || above == full || !errors.Is(err, fs.ErrNotExist) && !errors.Is(err, syscall.ENOTDIR) {
			break
		}
		full = above
	}
	_, err = os.Lstat(full)
	e.dangling = err == nil
	return e
}

func (e *GoneError) Error() string { return "the " + e.what + " does not exist" }

// Is reports that e is fs.ErrNotExist, like the system's own error.
func (e *GoneError) Is(target error) bool { return target == fs.ErrNotExist }

// Hint says which part is missing in which folder, and what to do.
func (e *GoneError) Hint() string {
	where := "there is no " + strconv.Quote(e.part) + " in " + strconv.Quote(e.above)
	if e.dangling {
		where = strconv.Quote(e.part) + " in " + strconv.Quote(e.above) + " is a link to a path that does not exist"
	}
	if errors.Is(e.Class, secretmux.ErrNotFound) {
		return "create the " + e.what + ", or correct its path: " + where
	}
	return "mount or create the " + e.what + ", or correct its path: " + where + "; with missing=absent a chain goes on without it"
}
