package mask

import "time"

const (
	// DefaultMinLength is how long a value must be to be masked, in bytes.
	// Shorter ones are in too many ordinary words.
	DefaultMinLength = 6
	// MaxLength is how long a value may be to be masked, in bytes. If it is over
	// 64 KiB, only the value and its lines are masked, and not its encoded forms:
	// all forms of a value together take some 350 times its length of memory.
	MaxLength = 1 << 20
	// DefaultQuiet is how long a Writer waits for the rest of what may become a
	// secret.
	DefaultQuiet = 100 * time.Millisecond
	// DefaultKeepOld is how many superseded values a Set goes on masking.
	DefaultKeepOld = 1000
)

// maxEncoded is how long a value may be of which encoded forms are masked.
const maxEncoded = 64 << 10

// Options are the options of a [Set]. The zero Options are good for a service's
// log.
type Options struct {
	// MinLength is how long a value must be to be masked, in bytes. Zero means
	// DefaultMinLength; 1 and less mean all values except the empty one. An
	// encoded form has at least 6 bytes and a single line of a value at least 8,
	// whatever this says.
	MinLength int
	// HideNames writes [redacted] in place of [redacted:db/password].
	HideNames bool
	// Except are the references that are not masked, such as db/creds#username:
	// a user name or a host in a document is in many lines that should stay
	// readable. They are compared as they are written in a mask.
	Except []string
	// Quiet is how long a Writer holds bytes back that are the beginning of a
	// secret when nothing follows them. Zero means DefaultQuiet. Negative means
	// until more is written, or Flush or Close is called.
	Quiet time.Duration
	// KeepOld is how many values go on being masked after their secret got
	// another one. The one that was seen last leaves last. Zero means
	// DefaultKeepOld, negative all. The current value of a secret never leaves.
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
