package scan

import (
	"slices"

	"github.com/secretmux/secretmux"
)

const (
	// MinLength is the smallest length, in bytes, of a value that is searched for.
	MinLength = 8
	// DefaultMaxFindings is the default of Options.MaxFindings.
	DefaultMaxFindings = 1000
	// DefaultMaxFileSize is the default of Options.MaxFileSize, in bytes.
	DefaultMaxFileSize = 256 << 20
)

// Options say what a [Scanner] searches for. The zero Options search for tokens of
// vendors.
type Options struct {
	// Secrets are the values to search for, by reference, as Store.GetAll returns
	// them. If the value of a whole secret is a JSON document, each text and number in
	// it is searched for as well, with the reference name#field. New does not keep the
	// map.
	Secrets map[string]secretmux.Secret
	// Include are references that are searched for even if their values look like
	// settings. The name of a JSON document includes all its fields.
	Include []string
	// Except are references that are not searched for. The name of a JSON document
	// excludes all its fields.
	Except []string
	// NoPatterns means that the scan does not search for the tokens of vendors.
	NoPatterns bool
	// Baseline holds the known findings, which are counted and not reported. Nil
	// means that there are no known findings.
	Baseline *Baseline
	// MaxFindings is how many findings a Report may hold. The others are only counted.
	// Zero means DefaultMaxFindings, and a negative number means no limit.
	MaxFindings int
	// MaxFileSize is how many bytes of one file are read at most. A longer file is
	// listed in Report.Skipped. Zero means DefaultMaxFileSize, and a negative number
	// means no limit.
	MaxFileSize int64
	// SkipPaths are slash-separated paths that Worktree leaves out of a folder that
	// is not in a repository. An example is the .env file that the secrets came
	// from. In a repository, Worktree leaves out what git ignores, and SkipPaths
	// have no effect.
	SkipPaths []string
	// Progress is called after each file with the number of files and bytes read so
	// far. It should return soon, because the scan waits for it. Nil means that it
	// is not called.
	Progress func(files int, bytes int64)
}

// validate refuses malformed options, and copies the slice that the Scanner keeps.
func (o Options) validate() (Options, error) {
	for ref, secret := range o.Secrets {
		if _, err := secretmux.ParseRef(ref); err != nil {
			return o, err
		}
		if secret.IsZero() {
			return o, secretmux.Invalid("scan", "Options.Secrets has the zero Secret, which is not a value", "leave out the secrets that could not be read")
		}
	}
	o.SkipPaths = slices.Clone(o.SkipPaths)
	return o, nil
}

func (o Options) maxFindings() int {
	if o.MaxFindings == 0 {
		return DefaultMaxFindings
	}
	return o.MaxFindings
}

func (o Options) maxFileSize() int64 {
	if o.MaxFileSize == 0 {
		return DefaultMaxFileSize
	}
	return o.MaxFileSize
}
