package scan

import (
	"github.com/secretmux/secretmux"
)

// Baseline is findings that are known: a repository that has a leak in its past
// can be scanned for new ones. It holds, for each, the path, the rule and a keyed
// digest of what was found; no commit and no line, which a rebase and an edit
// change. It holds no secret.
//
// The key is in the file, beside the digests. So a value that could be guessed is
// refused: whoever has the file could try guesses against it.
//
// Make one with [NewBaseline] or [ParseBaseline]. Reads are safe for concurrent
// use with one another, and [Baseline.Add] is not safe beside them.
type Baseline struct {
	key   [32]byte
	known map[fingerprint]struct{}
}

// fingerprint tells findings apart.
type fingerprint struct{ path, rule, digest string }

// NewBaseline returns an empty Baseline with a key of its own.
func NewBaseline() *Baseline {
	return &Baseline{key: [32]byte(newKey()), known: map[fingerprint]struct{}{}}
}

// Has reports whether f is in the baseline. A nil Baseline has nothing.
func (b *Baseline) Has(f Finding) bool {
	if b == nil {
		return false
	}
	_, ok := b.known[fingerprint{f.Path, f.Rule, f.Digest}]
	return ok
}

// Len returns how many findings the baseline has.
func (b *Baseline) Len() int { return len(b.known) }

// Add puts f into the baseline. It must come from a scan with this baseline in
// its options, because the digests have the baseline's key. A value that could be
// guessed from its digest is refused, as ErrRefused: rotate it and remove it from
// the file instead.
func (b *Baseline) Add(f Finding) error {
	if f.baseline != b || b == nil {
		return secretmux.Invalid("baseline", "the finding is not from a scan with this baseline", "set Options.Baseline before you scan")
	}
	if f.weak {
		return &secretmux.Error{
			Op: "baseline", Name: f.Secret, Class: secretmux.ErrRefused,
			Hint: "its value is short or made of words, so that it could be guessed from the baseline: rotate it and take it out of the file",
		}
	}
	b.known[fingerprint{f.Path, f.Rule, f.Digest}] = struct{}{}
	return nil
}
