package scan

import (
	"slices"

	"github.com/secretmux/secretmux"
)

const (
	// MinLength is how long a value must be to be searched for, in bytes.
	MinLength = 8
	// DefaultMaxFindings is how many findings a Report holds.
	DefaultMaxFindings = 1000
	// DefaultMaxFileSize is how much of one file is read, in bytes.
	DefaultMaxFileSize = 256 << 20
)

// Options say what a [Scanner] searches for. The zero Options search for tokens of
// vendors.
type Options struct {
	// Secrets are the values to search for, by reference, as Store.GetAll returns
	// them. Of a JSON document each text and number is searched for as well, as
	// name#field. The map is not kept.
	Secrets map[string]secretmux.Secret
	// Include are references that are searched for although they look like
	// settings. A document's name means all that is in it.
	Include []string
	// Except are references that are not searched for.
	Except []string
	// NoPatterns leaves out the tokens of vendors.
	NoPatterns bool
	// Baseline holds findings that are known and not reported again. Nil means
	// none.
	Baseline *Baseline
	// MaxFindings is how many findings a Report holds; the others are counted.
	// Zero means DefaultMaxFindings, negative all.
	MaxFindings int
	// MaxFileSize is how much of one file is read, in bytes. A longer one is in
	// Report.Skipped. Zero means DefaultMaxFileSize, negative all of it.
	MaxFileSize int64
	// SkipPaths are slash-separated paths that Worktree leaves out where it is
	// not in a repository: the .env file that the secrets came from. In a
	// repository, git's ignore rules say it.
	SkipPaths []string
	// Progress is called after each file with what was read so far. It should
	// return soon. Nil means nobody is told.
	Progress func(files int, bytes int64)
}

// validate refuses what can't be meant, and copies what is kept.
func (o Options) validate() (Options, error) {
	for ref, secret := range o.Secrets {
		if _, err := secretmux.ParseRef(ref); err != nil {
			return o, err
		}
		if secret.IsZero() {
			return o, secretmux.Invalid("scan", "a secret in Options.Secrets is the zero Secret", "leave out what could not be read")
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
