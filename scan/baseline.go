package scan

import (
	"github.com/secretmux/secretmux"
)

// Baseline is a set of known findings. With it, a repository that has a leak in its
// past can be scanned for new leaks. For each finding it holds the path, the rule
// and a keyed digest of the text that was found. It holds no commit and no line,
// because a rebase and an edit change them. It holds no secret.
//
// The file has the key beside the digests, so anyone who has the file can test
// guesses against it. Therefore Add refuses a value that could be guessed.
//
// Make one with [NewBaseline] or [ParseBaseline]. Methods that only read may be
// called concurrently. [Baseline.Add] must not run at the same time as another
// method.
type Baseline struct {
	key   [32]byte
	known map[fingerprint]struct{}
}

// fingerprint is what tells one finding from another.
type fingerprint struct{ path, rule, digest string }

// NewBaseline returns an empty Baseline with a new key.
func NewBaseline() *Baseline {
	return &Baseline{key: [32]byte(newKey()), known: map[fingerprint]struct{}{}}
}

// Has reports whether f is in the baseline. A nil Baseline has no findings.
func (b *Baseline) Has(f Finding) bool {
	if b == nil {
		return false
	}
	_, ok := b.known[fingerprint{f.Path, f.Rule, f.Digest}]
	return ok
}

// Len returns how many findings the baseline has. Equal findings count once.
func (b *Baseline) Len() int { return len(b.known) }

// Add puts f into the baseline. f must come from a scan with this baseline in its
// options, because the digests need the baseline's key. Otherwise the error is
// ErrInvalid. If the value could be guessed from its digest, the error is ErrRefused.
// Then rotate the secret and remove the value from the file.
func (b *Baseline) Add(f Finding) error {
	if f.baseline != b || b == nil {
		return secretmux.Invalid("baseline", "the finding is not from a scan with this baseline", "set Options.Baseline before you scan")
	}
	if f.weak {
		return &secretmux.Error{
			Op: "baseline", Name: f.Secret, Class: secretmux.ErrRefused,
			Hint: "the value is short or made of words, and could be guessed from the baseline: rotate it and remove it from the file",
		}
	}
	b.known[fingerprint{f.Path, f.Rule, f.Digest}] = struct{}{}
	return nil
}
