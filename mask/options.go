package mask

import "time"

const (
	// DefaultMinLength is the default of Options.MinLength, in bytes. Shorter values are
	// part of too many ordinary words.
	DefaultMinLength = 6
	// MaxLength is the largest length, in bytes, of a value that is masked. If a value is
	// longer than 64 KiB, only the value and its lines are masked, and not its encoded
	// forms. All forms of a value together need about 350 times its length in memory.
	MaxLength = 1 << 20
	// DefaultQuiet is the default of Options.Quiet.
	DefaultQuiet = 100 * time.Millisecond
	// DefaultKeepOld is the default of Options.KeepOld.
	DefaultKeepOld = 1000
)

// maxEncoded is the largest length of a value whose encoded forms are masked.
const maxEncoded = 64 << 10

// Options are the options of a [Set]. The zero Options are right for a service's log.
type Options struct {
	// MinLength is the smallest length, in bytes, of a value that is masked. Zero means
	// DefaultMinLength. A negative number means that every value is masked except the
	// empty one. MinLength does not change two other limits: an encoded form must have at
	// least 6 bytes, and a single line of a value at least 8.
	MinLength int
	// HideNames makes every mask [redacted]. Otherwise a mask has the name of the secret,
	// as in [redacted:db/password].
	HideNames bool
	// Except are the references that are not masked, such as db/creds#username. A user
	// name or a host is in many lines that should stay readable. Write the references
	// exactly as a mask shows them.
	Except []string
	// Quiet is how long a Writer holds back bytes that may be the beginning of a secret,
	// if nothing more is written. Zero means DefaultQuiet. Negative means that it holds
	// them back until more is written, or until Flush or Close is called.
	Quiet time.Duration
	// KeepOld is how many old values are still masked. An old value is one whose secret
	// has another value now. The old values that were seen longest ago are forgotten first.
	// Zero means DefaultKeepOld, and a negative number means that none is forgotten. The
	// current value of a secret is never forgotten.
	KeepOld int
}

func (o Options) minLength() int {
	if o.MinLength == 0 {
		return DefaultMinLength
	}
	return max(o.MinLength, 1)
}

func (o Options) quiet() time.Duration {
	if o.Quiet == 0 {
		return DefaultQuiet
	}
	return o.Quiet
}

func (o Options) keepOld() int {
	if o.KeepOld == 0 {
		return DefaultKeepOld
	}
	return o.KeepOld
}
