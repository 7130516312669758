package age

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"filippo.io/age"

	"github.com/secretmux/secretmux"
)

// Kind is a kind of encrypted file.
type Kind string

const (
	// Sops is a dotenv or JSON file of sops, whose values are encrypted one by one.
	Sops Kind = "sops"
	// Age is a file that is encrypted whole.
	Age Kind = "age"
)

// DefaultKeyVariable is the variable of the environment that holds identities where no
// file of identities is named.
const DefaultKeyVariable = "SECRETMUX_AGE_KEY"

// Options say which file a [Provider] reads or an [Editor] changes, and with which keys.
// Path and Kind are required. They are copied.
type Options struct {
	// Kind is Sops or Age. Any other is ErrInvalid.
	Kind Kind
	// Path is the file. A relative one counts from the working directory at each read.
	// Only a shell would have understood ~ and $NAME in it: they are ErrInvalid, and so
	// are YAML files, .yaml and .yml, of Sops.
	Path string
	// Prefix starts every key, as in APP_. It has the form of a variable.
	Prefix string
	// Name makes the whole plain text of an Age file one secret, of this name. Every
	// other name is ErrNotFound. With Sops or a Prefix it is ErrInvalid.
	Name string
	// KeepEmpty takes a key with nothing in it for an empty secret. Otherwise it is
	// absent.
	KeepEmpty bool
	// Identities are the private keys. With them IdentityFile and the environment are
	// not looked at.
	Identities []age.Identity
	// IdentityFile is a file with private keys, one a line. It is read at each read of
	// Path. Where it is empty the variable DefaultKeyVariable holds them.
	IdentityFile string
	// Missing is the class of every error while the file does not exist, as missing=
	// says: secretmux.ErrNotFound, after which a chain goes on, or
	// secretmux.ErrUnavailable, which nil means too. Any other is ErrInvalid.
	Missing error
	// Lookup stands in for os.LookupEnv. It must be safe for concurrent use.
	Lookup func(variable string) (value string, set bool)

	// held are the Identities of options that were checked: in a closure, no printer
	// that works by reflection meets a key.
	held func() []age.Identity
}

// Format writes o as the address of its file, for every verb: its identities print as
// their private keys.
func (o Options) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, o.uri().String()) }

// MarshalText gives encoding/json, encoding/xml, log/slog and their like the same.
func (o Options) MarshalText() ([]byte, error) { return []byte(o.uri().String()), nil }

// check returns the options as they are used, or all that is wrong with them.
func (o Options) check() (Options, error) {
	if o.Lookup == nil {
		o.Lookup = os.LookupEnv
	}
	if identities := slices.Clone(o.Identities); identities != nil {
		o.held, o.Identities = func() []age.Identity { return identities }, nil
	}
	errs := []error{checkPrefix(o.Prefix), checkPath("the path", o.Path), o.checkKind()}
	if o.Path == "" {
		errs = append(errs, mistake("it needs the path of a file", "write sops:secrets.env or age:secrets.env.age"))
	}
	if o.IdentityFile != "" {
		errs = append(errs, checkPath("identity_file=", o.IdentityFile))
	}
	if o.Name != "" && (o.Prefix != "" || secretmux.ValidateName(o.Name) != nil) {
		errs = append(errs, mistake("name= is not the name of a secret, or has a prefix= beside it", "write it as Get is asked for it, as in name=tls/key"))
	}
	if o.Missing != nil && missingWord(o.Missing) == "" {
		errs = append(errs, mistake("Missing is not a class that absence can have", "set it to secretmux.ErrNotFound or secretmux.ErrUnavailable, or leave it nil"))
	}
	if back, err := secretmux.ParseURI(o.uri().String()); err != nil || back.Path != filepath.ToSlash(o.Path) {
		errs = append(errs, mistake("a path can't be written in a config string", "a path is UTF-8 without control characters"))
	}
	return o, errors.Join(errs...)
}

func (o Options) checkKind() error {
	switch o.Kind {
	case Age:
		return nil
	case Sops:
		ext := strings.ToLower(filepath.Ext(o.Path))
		if ext == ".yaml" || ext == ".yml" || ext == ".ini" {
			return mistake("sops: does not read YAML and INI", "convert the file: sops decrypt FILE, then sops encrypt --output-type dotenv; JSON is read too")
		}
		if o.Name != "" {
			return mistake("name= is for age: files, which can be one secret", "drop it; a key of the file is the name of a secret")
		}
		return nil
	}
	return mistake("Kind is not one of Sops and Age", "set it to age.Sops or age.Age")
}

func checkPrefix(prefix string) error {
	if prefix != "" && !variablePrefix.MatchString(prefix) {
		return mistake("the prefix is not the start of a variable's name", "a prefix has only letters, digits and _ and does not start with a digit, as in APP_")
	}
	return nil
}

var (
	variablePrefix = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	forShells      = regexp.MustCompile(`^[/\\]?~|\$[A-Za-z_{(]`)
)

func checkPath(what, path string) error {
	if forShells.MatchString(path) {
		return mistake(what+" starts with ~ or has a variable in it, which only a shell replaces", "write an absolute path, or one from the working directory")
	}
	return nil
}

func mistake(problem, hint string) error { return secretmux.Invalid("open", problem, hint) }

// uri is the address that opens the same place.
func (o Options) uri() *secretmux.URI {
	u := (&secretmux.URI{Scheme: string(o.Kind), Path: filepath.ToSlash(o.Path)}).
		With("prefix", o.Prefix).With("name", o.Name).
		With("identity_file", filepath.ToSlash(o.IdentityFile)).With("missing", missingWord(o.Missing))
	if o.KeepEmpty {
		u = u.With("empty", "keep")
	}
	return u
}

// missingWord is how missing= names a class, or nothing.
func missingWord(class error) string {
	switch class {
	case secretmux.ErrNotFound:
		return "absent"
	case secretmux.ErrUnavailable:
		return "unavailable"
	}
	return ""
}
