package keys

import (
	"time"

	"github.com/secretmux/secretmux"
)

// Options says how long keys overlap. It matters for single keys. A set itself says
// which keys verify and which one signs.
type Options struct {
	// Overlap is how long a replaced key still verifies. It counts from the time when
	// its successor began to sign. It should be longer than the lifetime of tokens.
	// Zero means until the next rotation. A negative Overlap is ErrInvalid.
	Overlap time.Duration
	// SignAfter is how long a new key is only published before it signs, because
	// verifiers keep a JWKS for a while. It counts from the time at which the version
	// was made. If the backend does not report that time, it counts from the time at
	// which this process first saw the key. Zero means at once. A negative SignAfter is
	// ErrInvalid. The first key that a process sees signs at once, unless Previous
	// gives it another one.
	SignAfter time.Duration
	// Previous also reads the backend's previous version, so that a process that starts
	// after a rotation verifies with the old key. The old key is not used if its
	// successor began to sign more than Overlap ago. A backend without versions, or
	// without a previous version, is not an error.
	Previous bool
}

func (o Options) check() error {
	if o.Overlap < 0 || o.SignAfter < 0 {
		return invalid("a duration of Options is negative", "give a positive duration, or zero for the default")
	}
	return nil
}

func invalid(problem, hint string) error { return secretmux.Invalid("keys", problem, hint) }
