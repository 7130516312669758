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
	// Godotenv reads every file that github.com/joho/godotenv v1.5.1 reads, with its
	// surprises. But it refuses NUL and UTF-16, skips a byte order mark, drops the
	// key without a name, and limits sizes like Secretmux.
	Godotenv Dialect = "godotenv"
)

// Options says which file a [Provider] reads, and how. Path is required; every other
// field may be zero. They are copied.
type Options struct {
	// Path is the file. A relative path counts from the working directory at each
	// read. The file does not have to exist. An empty path is ErrInvalid. So is a
	// path that only a shell would replace, such as ~/.env or $HOME/.env.
	Path string
	// Prefix is the start of every key, as in APP_; see env.Options.Prefix.
	Prefix string
	// Dialect is the dialect of the file. Empty means Secretmux. An unknown dialect
	// is ErrInvalid.
	Dialect Dialect
	// Expand makes the dialect Secretmux replace ${NAME}, and no other form, by the
	// value of a key further up in the file. A variable of the process is never used.
	// An unknown NAME is then ErrInvalid. 'Literal' values, and \$ in "escaped"
	// values, stay as they are. Expand is ErrInvalid with Godotenv, which always
	// expands in its own way.
	Expand bool
	// KeepEmpty makes a key with an empty value an empty secret. Otherwise the key is
	// absent.
	KeepEmpty bool
	// StrictPerm refuses a file that anyone except its owner may read or write, with
	// ErrInvalid. Otherwise each provider warns once about it. Files on Windows do
	// not have these bits: there is no warning there, and StrictPerm is ErrInvalid.
	StrictPerm bool
	// FIFO says that a program writes the file whenever it is read, like 1Password
	// does for a .env file that it mounts. Only one read runs at a time, and all
	// callers that ask before it has begun share it. With FIFO, anything except a
	// FIFO at Path is ErrInvalid. Without FIFO, a FIFO at Path is ErrInvalid. On a
	// system without FIFOs, such as Windows, the option itself is ErrInvalid.
	FIFO bool
	// Missing is the class of every error while the file does not exist, like
	// missing= in a config string. After secretmux.ErrNotFound a chain goes on;
	// secretmux.ErrUnavailable stops it. Nil means ErrNotFound until this provider
	// has seen the file, and ErrUnavailable afterwards. Any other class is
	// ErrInvalid.
	Missing error
	// Logger gets the warning, with the source and the mode of the file. Nil discards
	// it.
	Logger *slog.Logger
}

// check returns the options with their defaults, or everything that is wrong with
// them.
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
			errs = append(errs, mistake("expand=true is not for the dialect godotenv", "leave out expand=true; godotenv always expands"))
		}
	default:
		errs = append(errs, mistake("the dialect is unknown", "write dialect=secretmux or dialect=godotenv"))
	}
	if o.FIFO && !hasFIFO {
		errs = append(errs, mistake("this system does not have FIFOs", "drop fifo=true"))
	}
	if o.StrictPerm && !permBits {
		errs = append(errs, mistake("this system can't check perm=strict", "drop perm=strict"))
	}
	return o, errors.Join(errs...)
}

// permBits reports whether files of this system have mode bits with a meaning.
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
