package env

import (
	"errors"
	"os"
	"strconv"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/internal/variable"
)

// Options says which variables a [Provider] reads. The zero Options are ready for
// use: no prefix, an empty variable is absent, and the environment is the one of the
// process. They are copied.
type Options struct {
	// Prefix is the start of the name of every variable, as in APP_. It is used
	// exactly as written. It has the form of a variable: letters, digits and _, and
	// no digit first. Anything else is ErrInvalid.
	Prefix string
	// KeepEmpty makes an empty variable an empty secret. Otherwise the variable is
	// absent. It has no effect on files.
	KeepEmpty bool
	// Files also looks for the variable whose name has _FILE appended. It holds the
	// path of a file that holds the value. If both variables are set, the error is
	// ErrInvalid.
	Files bool
	// Lookup and Environ replace os.LookupEnv and os.Environ. Both must be safe for
	// concurrent use. Set both or neither; only one of them is ErrInvalid.
	Lookup  func(variable string) (value string, set bool)
	Environ func() []string
}

// check returns the options with their defaults, or everything that is wrong with
// them.
func (o Options) check() (Options, error) {
	err := variable.CheckPrefix(o.Prefix)
	if (o.Lookup == nil) != (o.Environ == nil) {
		err = errors.Join(err, secretmux.Invalid("open", "Options has only one of Lookup and Environ", "set both or neither"))
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
