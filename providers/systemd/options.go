package systemd

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/internal/flat"
	"github.com/secretmux/secretmux/providers/internal/place"
)

// Options say how credentials are read. The zero Options are ready for use. They are
// copied.
type Options struct {
	// Prefix is put in front of the credential's name: with "shop_", db/password is
	// the credential shop_db_password. A prefix with "/", a prefix that starts with
	// "..", and a prefix with which [secretmux.ValidateName] lets no name start are
	// ErrInvalid.
	Prefix string
	// Missing is the class of every error while the folder does not exist, like
	// missing= in a config string. After secretmux.ErrNotFound a chain goes on, even
	// if the variable is unset. secretmux.ErrUnavailable, and nil, mean
	// ErrUnavailable for a lost folder. Any other class is ErrInvalid.
	Missing error
	// Raw keeps the bytes of a credential unchanged, like trim=none. Otherwise a text
	// loses a byte order mark and one final newline.
	Raw bool
	// Lookup replaces os.LookupEnv. It must be safe for concurrent use. It is asked
	// for CREDENTIALS_DIRECTORY at each call.
	Lookup func(variable string) (value string, set bool)
}

// check returns the options with their defaults, or everything that is wrong with
// them.
func (o Options) check() (Options, error) {
	if o.Lookup == nil {
		o.Lookup = os.LookupEnv
	}
	return o, errors.Join(
		flat.CheckPrefix(o.Prefix, "write a prefix without / that does not start with .., as in shop_"),
		place.CheckMissing(o.Missing),
	)
}

// uri is the address that opens the same place.
func (o Options) uri() *secretmux.URI {
	u := &secretmux.URI{Scheme: Scheme}
	if o.Raw {
		u = u.With("trim", "none")
	}
	return u.With("prefix", o.Prefix).With("missing", place.MissingWord(o.Missing))
}

// variable holds the path of the folder (systemd.exec(5)).
const variable = "CREDENTIALS_DIRECTORY"

// dir returns the folder that the variable names now. An unset variable counts as
// absence only if Options.Missing says so.
func (o Options) dir() (string, error) {
	dir, _ := o.Lookup(variable)
	switch {
	case dir == "" && errors.Is(o.Missing, secretmux.ErrNotFound):
		return "", errAbsent
	case dir == "":
		return "", errUnset
	case !filepath.IsAbs(dir):
		return "", errRelative
	}
	return dir, nil
}
