package exec

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/secretmux/secretmux"
)

// Options say which command a [Provider] runs. Program is required. {name} in Args,
// or Name, is required too. They are copied.
type Options struct {
	// Program is an absolute path, or the name of a program in PATH. A relative path
	// is ErrInvalid, and so is a program that does not exist.
	Program string
	// Args are the arguments. The secret's name replaces {name} in them. An empty
	// argument is ErrInvalid.
	Args []string
	// Name is the one secret that a command without {name} prints. Every other name
	// is then ErrNotFound.
	Name string
	// Env names variables that the command gets besides the usual ones: HOME, LANG,
	// LC_ALL, LOGNAME, PATH, TMPDIR, TZ, USER, those that start with XDG_, and the
	// variables that programs on Windows need. An unset variable is left out.
	Env []string
	// NotFound is the exit code by which the command reports that the secret does not
	// exist, from 1 to 255. Zero means that no exit code reports this.
	NotFound int
	// KeepEmpty makes empty output an empty secret. Otherwise empty output is
	// ErrUnavailable: some commands print nothing when they fail.
	KeepEmpty bool
	// Raw keeps the output unchanged, like trim=none. Otherwise a text loses a byte
	// order mark and one final newline.
	Raw bool
	// Find replaces the search for Program in New: it returns the absolute path of the
	// program to run. Nil means a search in PATH. It is for a tool that checks a config
	// string on a machine that does not have the program.
	Find func(program string) (path string, err error)
	// Environ replaces os.Environ. It must be safe for concurrent use. It is called
	// at each read.
	Environ func() []string
}

const placeholder = "{name}"

// check returns the options with their defaults, and the path of the program, or
// everything that is wrong with them.
func (o Options) check() (_ Options, path string, _ error) {
	if o.Environ == nil {
		o.Environ = os.Environ
	}
	path, err := lookUp(o.Program, o.Find)
	errs := []error{err, o.checkNames(), o.checkVariables()}
	for _, arg := range o.Args {
		if arg == "" || strings.ContainsRune(arg, 0) {
			errs = append(errs, secretmux.Invalid("open", "an argument is empty or has a NUL", "leave out the argument, or write it without NUL"))
			break
		}
	}
	if o.NotFound < 0 || o.NotFound > 255 {
		errs = append(errs, secretmux.Invalid("open", "NotFound is not an exit code", "give a number from 1 to 255, or leave it 0"))
	}
	if back, err := secretmux.ParseURI(o.uri().String()); err != nil || back.Path != filepath.ToSlash(o.Program) {
		errs = append(errs, secretmux.Invalid("open", "the program or an argument is not UTF-8, or has a control character",
			"put such arguments into a script, and name the script"))
	}
	return o, path, errors.Join(errs...)
}

func (o Options) checkNames() error {
	asks := strings.Contains(strings.Join(o.Args, "\x00"), placeholder)
	switch {
	case asks && o.Name != "":
		return secretmux.Invalid("open", "the command has both {name} and name=", "write only {name} if the command prints any secret, and only name= if it prints one")
	case !asks && o.Name == "":
		return secretmux.Invalid("open", "the command does not say which secret it prints",
			"write {name} in an argument, as in arg=op://vault/{name}, or write name= if the command prints only one secret")
	case o.Name != "" && secretmux.ValidateName(o.Name) != nil:
		return secretmux.Invalid("open", "name= is not the name of a secret", "write the name that Get is called with, as in name=db/password")
	}
	return nil
}

func (o Options) checkVariables() error {
	for _, name := range o.Env {
		if name == "" || strings.ContainsAny(name, "=\x00 ") {
			return secretmux.Invalid("open", "env= is not a list of names of variables",
				"write names joined by +, as in env=OP_SESSION+OP_ACCOUNT; their values come from the environment of this process")
		}
	}
	return nil
}

// uri is the address that opens the same place.
func (o Options) uri() *secretmux.URI {
	u := (&secretmux.URI{Scheme: Scheme, Path: filepath.ToSlash(o.Program)}).
		With("arg", o.Args...).With("env", strings.Join(o.Env, " ")).With("name", o.Name)
	if o.NotFound != 0 {
		u = u.With("notfound", strconv.Itoa(o.NotFound))
	}
	if o.KeepEmpty {
		u = u.With("empty", "keep")
	}
	if o.Raw {
		u = u.With("trim", "none")
	}
	return u
}
