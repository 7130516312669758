package systemd

import (
	"errors"
	"os"
	"path/filepath"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/internal/flat"
	"github.com/secretmux/secretmux/providers/internal/place"
)

// Options say how credentials are read. The zero Options are good. They are copied.
type Options struct {
	// Prefix is put in front of the credential's name: with "shop_", db/password is
	// the credential shop_db_password. One with "/", one that starts with ".." and one
	// that [secretmux.ValidateName] would not let start a name are ErrInvalid.
	Prefix string
	// Missing is the class of every error while there is no folder, as missing=
	// in a config string says: secretmux.ErrNotFound, after which a chain goes
	// on, even if the variable is unset, or secretmux.ErrUnavailable, which nil
	// means too, for a folder that is gone. Any other is ErrInvalid.
	Missing error
	// Raw keeps the bytes of a credential as they are, as trim=none does. Otherwise a
	// text loses a byte order mark and one final newline.
	Raw bool
	// Lookup stands in for os.LookupEnv. It must be safe for concurrent use. It is
	// asked for CREDENTIALS_DIRECTORY at each call.
	Lookup func(variable string) (value string, set bool)
}

// check returns the options as they are used, or all that is wrong with them.
func (o Options) check() (Options, error) {
	if o.Lookup == nil {
		o.Lookup = os.LookupEnv
	}
	return o, errors.Join(
		flat.CheckPrefix(o.Prefix, "prefix is text without / that does not start with .., as in shop_"),
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

// variable names the folder (systemd.exec(5)).
const variable = "CREDENTIALS_DIRECTORY"

// dir is the folder of the moment. An unset variable is absence only for who asked
// for that.
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
