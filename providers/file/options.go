package file

import (
	"errors"
	"runtime"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/internal/place"
)

// Options say where the files are and how they become values. Dir is required; every
// other field may be zero. They are copied.
type Options struct {
	// Dir is the folder. A relative path counts from the working directory at the
	// time of each call. Dir may be a symbolic link, and it may be missing at first.
	// An empty path is ErrInvalid. So is a path that only a shell would replace, such
	// as ~/secrets or $HOME/secrets.
	Dir string
	// Missing is the class of every error while the folder is lost, like missing= in
	// a config string. secretmux.ErrUnavailable stops a chain, and nil means the
	// same. After secretmux.ErrNotFound a chain goes on. Any other class is
	// ErrInvalid.
	Missing error
	// Raw keeps the bytes of a file unchanged, like trim=none. Otherwise a text loses
	// a byte order mark and one final newline.
	Raw bool
}

const hintDir = "write file:///absolute/folder or file:relative/folder"

// check returns the options with their defaults, or everything that is wrong with
// them.
func (o Options) check() (Options, error) {
	return o, errors.Join(place.CheckPath(o.Dir, "folder", o.uri(), hintDir), place.CheckMissing(o.Missing))
}

// uri is the address that opens the same place.
func (o Options) uri() *secretmux.URI {
	u := &secretmux.URI{Scheme: Scheme, Path: place.Slashes(o.Dir, runtime.GOOS)}
	if o.Raw {
		u = u.With("trim", "none")
	}
	return u.With("missing", place.MissingWord(o.Missing))
}
