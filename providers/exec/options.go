package exec

import (
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/secretmux/secretmux"
)

// Options say which command a [Provider] runs. Program is required, and so is
// {name} in Args, or Name. They are copied.
type Options struct {
	// Program is an absolute path, or the name of a program in PATH. A relative path
	// is ErrInvalid, and so is a program that does not exist.
	Program string
	// Args are the arguments. {name} in them is replaced by the secret's name. None of
	// them is empty.
	Args []string
	// Name is the one secret that a command without {name} prints. Every other name is
	// ErrNotFound.
	Name string
	// Env names variables that the command gets besides the usual ones: HOME, LANG,
	// LC_ALL, LOGNAME, PATH, TMPDIR, TZ, USER, those that start with XDG_, and what
	// programs on Windows need. The one of an unset variable is left out.
	Env []string
	// NotFound is the exit code with which the command says that the secret does
	// not exist, from 1 to 255. Zero means that no exit code says so.
	NotFound int
	// KeepEmpty takes it for an empty secret that the command printed nothing.
	// Otherwise that is ErrUnavailable: some commands print nothing when they fail.
	KeepEmpty bool
	// Raw keeps what was printed as it is, as trim=none does. Otherwise a text loses a
	// byte order mark and one final newline.
	Raw bool
	// Find stands in for the search for Program in New: it returns the absolute
	// path of what is run. Nil looks in PATH. It is for a tool that looks at a config
	// string where the program is not installed.
	Find func(program string) (path string, err error)
	// Environ stands in for os.Environ. It must be safe for concurrent use. It is asked
	// at each call.
	Environ func() []string
}

const placeholder = "{name}"

// check returns the options as they are used, with the path of the program, or all
// that is wrong with them.
func (o Options) check() (_ Options, path string, _ error) {
	if o.Environ == nil {
		o.Environ = os.Environ
	}
	path, err := lookUp(o.Program, o.Find)
	errs := []error{err, o.checkNames(), o.checkVariables()}
	for _, arg := range o.Args {
		if arg == "" || strings.ContainsRune(arg, 0) {
			errs = append(errs, secretmux.Invalid("open", "an argument is empty or has a NUL", "leave it out"))
			break
		}
	}
	if o.NotFound < 0 || o.NotFound > 255 {
		errs = append(errs, secretmux.Invalid("open", "NotFound is not an exit code", "give a number from 1 to 255, or leave it out"))
	}
	if back, err := secretmux.ParseURI(o.uri().String()); err != nil || back.Path != filepath.ToSlash(o.Program) {
		errs = append(errs, secretmux.Invalid("open", "the command can't be written in a config string",
			"the program and its arguments are UTF-8 without control characters; put others into a script"))
	}
	return o, path, errors.Join(errs...)
}

func (o Options) checkNames() error {
	asks := strings.Contains(strings.Join(o.Args, "\x00"), placeholder)
	switch {
	case asks && o.Name != "":
		return secretmux.Invalid("open", "the command has both {name} and name=", "keep {name} for a command that prints any secret, name= for one that prints only that one")
	case !asks && o.Name == "":
		return secretmux.Invalid("open", "the command does not say which secret it prints",
			"put {name} into an argument, as in arg=op://vault/{name}, or write name= for a command that prints only one secret")
	case o.Name != "" && secretmux.ValidateName(o.Name) != nil:
		return secretmux.Invalid("open", "name= is not the name of a secret", "write it as Get is asked for it, as in name=db/password")
	}
	return nil
}

func (o Options) checkVariables() error {
	for _, name := range o.Env {
		if name == "" || strings.ContainsAny(name, "=\x00 ") {
			return secretmux.Invalid("open", "env= is not a list of variables' names",
				"write names joined by +, as in env=OP_SESSION+OP_ACCOUNT; values come from the environment of this process")
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
