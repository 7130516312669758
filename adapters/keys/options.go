package keys

import (
	"time"

	"github.com/secretmux/secretmux"
)

// Options says how long keys overlap. It matters for single keys; a set says by itself
// which keys verify and which one signs.
type Options struct {
	// Overlap is how long a replaced key verifies, counted from when its successor
	// began to sign. It should be longer than the lifetime of tokens. Zero means until
	// the next rotation. Negative is ErrInvalid.
	Overlap time.Duration
	// SignAfter is how long a new key is only published before it signs, for
	// verifiers that keep a JWKS for a while. It counts from when the backend
	// says that the version was made, or if it does not, from when this process
	// first saw it. Zero means at once. Negative is ErrInvalid. The first key
	// that a process sees signs at once, unless Previous gives it another one.
	SignAfter time.Duration
	// Previous also reads the backend's previous version, so that a process that starts
	// after a rotation verifies with the old key. It is not used if its successor
	// began to sign longer ago than Overlap. A backend without versions, and one
	// without a previous version, are fine.
	Previous bool
}

func (o Options) check() error {
	if o.Overlap < 0 || o.SignAfter < 0 {
		return invalid("a duration of Options is negative", "zero is the default")
	}
	return nil
}

func invalid(problem, hint string) error { return secretmux.Invalid("keys", problem, hint) }
