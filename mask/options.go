package mask

import "time"

const (
	// DefaultMinLength is the length, in bytes, that a value must have to be masked.
	// Shorter values are in too many ordinary words.
	DefaultMinLength = 6
	// MaxLength is the largest length, in bytes, that a value may have to be masked.
	// For a value over 64 KiB, only the value and its lines are masked, and not its
	// encoded forms, because all forms of a value together need about 350 times its
	// length in memory.
	MaxLength = 1 << 20
	// DefaultQuiet is how long a Writer waits for the rest of a possible secret.
	DefaultQuiet = 100 * time.Millisecond
	// DefaultKeepOld is how many superseded values a Set still masks.
	DefaultKeepOld = 1000
)

// maxEncoded is the largest length of a value whose encoded forms are masked.
const maxEncoded = 64 << 10

// Options are the options of a [Set]. The zero Options are right for a service's log.
type Options struct {
	// MinLength is the length, in bytes, that a value must have to be masked. Zero
	// means DefaultMinLength. 1, and any negative number, means all values except the
	// empty one. It does not change two other limits: an encoded form has at least 6
	// bytes, and a single line of a value at least 8.
	MinLength int
	// HideNames makes a mask [redacted] instead of [redacted:db/password].
	HideNames bool
	// Except are the references that are not masked, such as db/creds#username: a
	// user name or a host in a document is in many lines that should stay readable.
	// Write them exactly as a mask shows them.
	Except []string
	// Quiet is how long a Writer holds back bytes that may be the beginning of a
	// secret, if nothing follows them. Zero means DefaultQuiet. Negative means until
	// more is written, or Flush or Close is called.
	Quiet time.Duration
	// KeepOld is how many values are still masked after their secret got another one.
	// The values that were seen longest ago leave first. Zero means DefaultKeepOld,
	// and a negative number means all. The current value of a secret never leaves.
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
