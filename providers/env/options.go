package env

import (
	"errors"
	"os"
	"strconv"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/internal/variable"
)

// Options says which variables a [Provider] reads. The zero Options are good:
// no prefix, empty is absent, the environment of the process. They are copied.
type Options struct {
	// Prefix starts the name of every variable, as in APP_. It is taken as it
	// is written and has the form of a variable: letters, digits and _, no
	// digit first. Anything else is ErrInvalid.
	Prefix string
	// KeepEmpty takes a variable that is set to nothing for an empty secret.
	// Otherwise it is absent. It says nothing about files.
	KeepEmpty bool
	// Files also looks for the name of the variable with _FILE appended, which
	// holds the path of a file that holds the value. Setting both is ErrInvalid.
	Files bool
	// Lookup and Environ stand in for os.LookupEnv and os.Environ; both must be
	// safe for concurrent use. Give both or none: only one is ErrInvalid.
	Lookup  func(variable string) (value string, set bool)
	Environ func() []string
}

// check returns the options as they are used, or all that is wrong with them.
func (o Options) check() (Options, error) {
	err := variable.CheckPrefix(o.Prefix)
	if (o.Lookup == nil) != (o.Environ == nil) {
		err = errors.Join(err, secretmux.Invalid("open", "Options has only one of Lookup and Environ", "give both or none"))
	}
	if o.Lookup == nil {
		o.Lookup, o.Environ = os.LookupEnv, os.Environ
	}
	return o, err
}

// uri is the address that opens the same place.
func (o Options) uri() *secretmux.URI {
	u := (&secretmux.URI{Scheme: Scheme}).With("prefix", o.Prefix)
	if o.KeepEmpty {
		u = u.With("empty", "keep")
	}
	if o.Files {
		u = u.With("files", strconv.FormatBool(o.Files))
	}
	return u
}
