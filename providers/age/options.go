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
	// Sops is a dotenv or JSON file of sops. Its values are encrypted one by one.
	Sops Kind = "sops"
	// Age is a file that is encrypted as one piece.
	Age Kind = "age"
)

// DefaultKeyVariable is the environment variable that holds identities if no file of
// identities is given.
const DefaultKeyVariable = "SECRETMUX_AGE_KEY"

// Options say which file a [Provider] reads or an [Editor] changes, and with which
// keys. Path and Kind are required. They are copied.
type Options struct {
	// Kind is Sops or Age. Any other kind is ErrInvalid.
	Kind Kind
	// Path is the file. A relative path counts from the working directory at each read.
	// ~ and $NAME in it are ErrInvalid, because only a shell replaces them. YAML files
	// (.yaml and .yml) are ErrInvalid with Sops.
	Path string
	// Prefix is the start of every key, as in APP_. It has the form of a variable.
	Prefix string
	// Name makes the whole plain text of an Age file one secret, which has this name.
	// Every other name is ErrNotFound. Name is ErrInvalid with Sops or with a Prefix.
	Name string
	// KeepEmpty makes a key with an empty value an empty secret. Otherwise the key is
	// absent.
	KeepEmpty bool
	// Identities are the private keys. If they are set, IdentityFile and the
	// environment are not read.
	Identities []age.Identity
	// IdentityFile is a file with private keys, one a line. It is read at each read of
	// Path. If it is empty, the variable DefaultKeyVariable holds the keys.
	IdentityFile string
	// Missing is the class of every error while the file does not exist, like missing=
	// in a link. After secretmux.ErrNotFound a chain goes on. secretmux.ErrUnavailable
	// stops it, and nil means the same. Any other class is ErrInvalid.
	Missing error
	// Lookup replaces os.LookupEnv. It must be safe for concurrent use.
	Lookup func(variable string) (value string, set bool)

	// held are the Identities of options that were checked. They are in a closure, so
	// that no printer that uses reflection finds a key.
	held func() []age.Identity
}

// Format writes o as the address of its file, for every verb. The identities would
// otherwise print as their private keys.
func (o Options) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, o.uri().String()) }

// MarshalText gives encoding/json, encoding/xml, log/slog and similar packages the same
// text.
func (o Options) MarshalText() ([]byte, error) { return []byte(o.uri().String()), nil }

// check returns the options with their defaults, or everything that is wrong with them.
func (o Options) check() (Options, error) {
	if o.Lookup == nil {
		o.Lookup = os.LookupEnv
	}
	if identities := slices.Clone(o.Identities); identities != nil {
		o.held, o.Identities = func() []age.Identity { return identities }, nil
	}
	errs := []error{checkPrefix(o.Prefix), checkPath("the path", o.Path), o.checkKind()}
	if o.Path == "" {
		errs = append(errs, mistake("the path of a file is missing", "write sops:secrets.env or age:secrets.env.age"))
	}
	if o.IdentityFile != "" {
		errs = append(errs, checkPath("identity_file=", o.IdentityFile))
	}
	if o.Name != "" && (o.Prefix != "" || secretmux.ValidateName(o.Name) != nil) {
		errs = append(errs, mistake("name= is not the name of a secret, or prefix= is given too", "write the name that Get is called with, as in name=tls/key, and leave out prefix="))
	}
	if o.Missing != nil && missingWord(o.Missing) == "" {
		errs = append(errs, mistake("Missing is neither ErrNotFound nor ErrUnavailable", "set it to secretmux.ErrNotFound or secretmux.ErrUnavailable, or leave it nil"))
	}
	if back, err := secretmux.ParseURI(o.uri().String()); err != nil || back.Path != filepath.ToSlash(o.Path) {
		errs = append(errs, mistake("a path is not UTF-8 or has a control character", "rename the file: a path must be UTF-8 without control characters"))
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
			return mistake("sops: does not read YAML or INI", "convert the file with sops decrypt FILE, then sops encrypt --output-type dotenv; JSON works too")
		}
		if o.Name != "" {
			return mistake("name= is for age: files, because only they can be one secret", "leave out name=; each key of a sops: file is a secret")
		}
		return nil
	}
	return mistake("Kind is neither Sops nor Age", "set it to age.Sops or age.Age")
}

func checkPrefix(prefix string) error {
	if prefix != "" && !variablePrefix.MatchString(prefix) {
		return mistake("the prefix is not the start of a variable's name", "write letters, digits and _ without a digit at the start, as in APP_")
	}
	return nil
}

var (
	variablePrefix = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
	forShells      = regexp.MustCompile(`^[/\\]?~|\$[A-Za-z_{(]`)
)

func checkPath(what, path string) error {
	if forShells.MatchString(path) {
		return mistake(what+" starts with ~ or has a variable in it, which only a shell replaces", "write an absolute path, or a path from the working directory")
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

// missingWord is the value of missing= for a class, or an empty string.
func missingWord(class error) string {
	switch class {
	case secretmux.ErrNotFound:
		return "absent"
	case secretmux.ErrUnavailable:
		return "unavailable"
	}
	return ""
}
