package env

import (
	"errors"
	"os"

	"github.com/secretmux/secretmux"
)

// Options says which variables a [Provider] reads. The zero Options are good:
// no prefix, empty is absent, the environment of the process. They are copied.
type Options struct {
	// Prefix starts the name of every variable, as in APP_. It is taken as it
	// is written and has the form of a variable: letters, digits and _, no
	// digit first. Anything else is ErrInvalid.
	Prefix string
	// KeepEmpty takes a variable that is set to nothing for an empty secret.
	// Otherwise it is absent.
	KeepEmpty bool
	// Files also looks for the name of the variable with _FILE appended, which
	// holds the path of a file that holds the value. Setting both is ErrInvalid.
	Files bool
	// Lookup and Environ stand in for os.LookupEnv and os.Environ; both must be
	// safe for concurrent use. Give both or none: one alone is ErrInvalid.
	Lookup  func(variable string) (value string, set bool)
	Environ func() []string
}

func (o Options) withDefaults() (Options, error) {
	if !validPrefix(o.Prefix) {
		return o, mistake("the prefix is not the start of a variable's name",
			"a prefix has letters, digits and _ alone and starts with no digit, as in APP_")
	}
	if (o.Lookup == nil) != (o.Environ == nil) {
		return o, mistake("Options has only one of Lookup and Environ", "give both or none")
	}
	if o.Lookup == nil {
		o.Lookup, o.Environ = os.LookupEnv, os.Environ
	}
	return o, nil
}

func mistake(problem, hint string) error {
	return &secretmux.Error{Op: "open", Class: secretmux.ErrInvalid, Err: errors.New(problem), Hint: hint}
}
