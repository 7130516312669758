package docker

import (
	"errors"
	"runtime"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/internal/flat"
	"github.com/secretmux/secretmux/providers/internal/place"
)

// Options say where the secrets of a container are. The zero Options are ready for
// use. They are copied.
type Options struct {
	// Dir is the folder. Empty means /run/secrets, and on Windows
	// C:\ProgramData\Docker\secrets. Docker mounts secrets there unless told
	// otherwise (docs.docker.com/engine/swarm/secrets). The folder may be missing. A
	// path that only a shell would replace, such as ~/secrets, is ErrInvalid.
	Dir string
	// Prefix is put in front of the file's name: with "shop_", db/password is the
	// file shop_db_password. A prefix with "/", a prefix that starts with "..", and a
	// prefix with which [secretmux.ValidateName] lets no name start are ErrInvalid.
	Prefix string
	// Missing is the class of every error while the folder is lost, like missing= in
	// a config string. After secretmux.ErrNotFound a chain goes on;
	// secretmux.ErrUnavailable stops it. Nil means ErrNotFound until this provider
	// has seen the folder, and ErrUnavailable afterwards. Any other class is
	// ErrInvalid.
	Missing error
	// Raw keeps the bytes of a file unchanged, like trim=none. Otherwise a text loses
	// a byte order mark and one final newline.
	Raw bool
}

// check returns the options with their defaults, or everything that is wrong with
// them.
func (o Options) check() (Options, error) {
	errs := []error{
		flat.CheckPrefix(o.Prefix, "write the folder in the path, as in docker:///run/secrets, and a prefix without / that does not start with .."),
		place.CheckMissing(o.Missing),
	}
	if o.Dir != "" {
		errs = append(errs, place.CheckPath(o.Dir, "folder", o.uri(), "write docker: or docker:///absolute/folder"))
	}
	return o, errors.Join(errs...)
}

// uri is the address that opens the same place.
func (o Options) uri() *secretmux.URI {
	u := &secretmux.URI{Scheme: Scheme, Path: place.Slashes(o.Dir, runtime.GOOS)}
	if o.Raw {
		u = u.With("trim", "none")
	}
	return u.With("prefix", o.Prefix).With("missing", place.MissingWord(o.Missing))
}

// dir is the folder on the system goos.
func (o Options) dir(goos string) string {
	switch {
	case o.Dir != "":
		return o.Dir
	case goos == "windows":
		return `C:\ProgramData\Docker\secrets`
	}
	return "/run/secrets"
}

// above reports whether files may lie beside the folder on the system goos. On
// Windows Docker keeps the files of all secrets in ..\internal\secrets and puts
// absolute links to them into its folder (moby/moby, container_windows.go).
func (o Options) above(goos string) bool { return o.Dir == "" && goos == "windows" }
