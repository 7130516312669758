package dotenv

import (
	"errors"
	"log/slog"
	"runtime"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/internal/place"
	"github.com/secretmux/secretmux/providers/internal/variable"
)

// Dialect is a way to read .env files.
type Dialect string

const (
	// Secretmux is the default dialect: KEY=value, 'literal' and "escaped"
	// values over several lines, export, and # comments after white space. It
	// refuses everything else.
	Secretmux Dialect = "secretmux"
	// Godotenv reads what github.com/joho/godotenv v1.5.1 reads, its surprises
	// included, but refuses NUL and UTF-16, skips a byte order mark, drops the
	// key without a name, and limits sizes as Secretmux does.
	Godotenv Dialect = "godotenv"
)

// Options says which file a [Provider] reads, and how. Path is required, every other
// field is good as it is. They are copied.
type Options struct {
	// Path is the file. A relative one counts from the working directory at each
	// read. The file need not exist. An empty path is ErrInvalid, and so is one that
	// only a shell would have understood, such as ~/.env or $HOME/.env.
	Path string
	// Prefix starts every key, as in APP_; see env.Options.Prefix.
	Prefix string
	// Dialect is Secretmux when empty. An unknown one is ErrInvalid.
	Dialect Dialect
	// Expand makes the dialect Secretmux replace ${NAME}, and no other form, by
	// the value of a key further up in the file; never by a variable of the
	// process. An unknown NAME is then ErrInvalid. 'Literal' values and \$ in
	// "escaped" ones stay as they are. ErrInvalid with Godotenv, which always
	// expands in its own way.
	Expand bool
	// KeepEmpty takes a key with nothing in it for an empty secret. Otherwise it
	// is absent.
	KeepEmpty bool
	// StrictPerm refuses a file that anyone but its owner may read or write, as
	// ErrInvalid. Otherwise it is warned of, once a provider. On Windows, where a
	// file has no such bits, nothing is warned of and StrictPerm is ErrInvalid.
	StrictPerm bool
	// FIFO says that a program writes the file whenever it is read, as 1Password does
	// for a .env that it mounts. One read is under way at a time, and all who ask
	// before it has begun share it. Anything else at Path is ErrInvalid then, and so is
	// FIFO on a system without FIFOs, such as Windows; a FIFO without it is too.
	FIFO bool
	// Missing is the class of every error while the file does not exist, as missing=
	// in a config string says: secretmux.ErrNotFound, after which a chain goes on, or
	// secretmux.ErrUnavailable. Nil means ErrNotFound until this provider has seen
	// the file, and ErrUnavailable afterwards. Any other is ErrInvalid.
	Missing error
	// Logger gets the warning, with the source and the mode of the file. Nil
	// discards.
	Logger *slog.Logger
}

// check returns the options as they are used, or all that is wrong with them.
func (o Options) check() (Options, error) {
	if o.Dialect == "" {
		o.Dialect = Secretmux
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	errs := []error{
		place.CheckPath(o.Path, "file", o.uri(), "write dotenv:.env or dotenv:///absolute/path/.env"),
		variable.CheckPrefix(o.Prefix), place.CheckMissing(o.Missing),
	}
	switch o.Dialect {
	case Secretmux:
	case Godotenv:
		if o.Expand {
			errs = append(errs, mistake("the dialect godotenv has no expand option", "it always expands; drop expand=true"))
		}
	default:
		errs = append(errs, mistake("the dialect is unknown", "known are secretmux and godotenv"))
	}
	if o.FIFO && !hasFIFO {
		errs = append(errs, mistake("fifo=true needs a system with FIFOs", "drop fifo=true"))
	}
	if o.StrictPerm && !permBits {
		errs = append(errs, mistake("perm=strict can't be checked on this system", "drop perm=strict"))
	}
	return o, errors.Join(errs...)
}

// permBits reports whether files have mode bits that mean something.
const permBits = runtime.GOOS != "windows"

func mistake(problem, hint string) error { return secretmux.Invalid("open", problem, hint) }

// uri is the address that opens the same place.
func (o Options) uri() *secretmux.URI {
	u := &secretmux.URI{Scheme: Scheme, Path: place.Slashes(o.Path, runtime.GOOS)}
	for _, p := range []struct {
		set        bool
		key, value string
	}{
		{o.Dialect != Secretmux, "dialect", string(o.Dialect)},
		{o.KeepEmpty, "empty", "keep"},
		{o.Expand, "expand", "true"},
		{o.FIFO, "fifo", "true"},
		{o.StrictPerm, "perm", "strict"},
		{true, "prefix", o.Prefix},
		{true, "missing", place.MissingWord(o.Missing)},
	} {
		if p.set {
			u = u.With(p.key, p.value)
		}
	}
	return u
}
