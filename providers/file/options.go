package file

import (
	"errors"
	"runtime"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/internal/place"
)

// Options say where the files are and how they become values. Dir is required,
// every other field is good as it is. They are copied.
type Options struct {
	// Dir is the folder. A relative one is taken from the working directory at
	// the time of each call, and it may itself be a symbolic link. It may be
	// missing at first. An empty one is ErrInvalid, and so is a path that only a
	// shell understands, such as ~/secrets or $HOME/secrets.
	Dir string
	// Missing is the class of every error while the folder is gone, as missing= in a
	// config string says: secretmux.ErrUnavailable, which nil means too, or
	// secretmux.ErrNotFound, after which a chain goes on. Any other is ErrInvalid.
	Missing error
	// Raw keeps the bytes of a file as they are, as trim=none does. Otherwise a text
	// loses a byte order mark and one final newline.
	Raw bool
}

const hintDir = "write file:///absolute/folder or file:relative/folder"

// check returns the options as they are used, or all that is wrong with them.
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
