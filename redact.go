package secretmux

import (
	"errors"
	"fmt"
	"io"
	"log/slog"
)

const redacted = "[redacted]"

// errRedacted is what every decoder gets: text that was redacted can't become a
// secret again.
var errRedacted = &Error{
	Op: "decode", Class: ErrInvalid, Err: errors.New("a Secret does not decode"),
	Hint: "decode into a string and call NewSecret, or fetch it from a store",
}

// String returns [redacted].
func (s Secret) String() string { return redacted }

// GoString returns [redacted].
func (s Secret) GoString() string { return redacted }

// Format writes [redacted] for every verb and flag.
func (s Secret) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, redacted) }

// LogValue gives [redacted] to log/slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(redacted) }

// MarshalText gives [redacted] to encoding/json, encoding/xml and their like.
func (s Secret) MarshalText() ([]byte, error) { return []byte(redacted), nil }

// MarshalBinary gives [redacted] to binary encoders.
func (s Secret) MarshalBinary() ([]byte, error) { return []byte(redacted), nil }

// GobEncode gives [redacted] to encoding/gob.
func (s Secret) GobEncode() ([]byte, error) { return []byte(redacted), nil }

// UnmarshalText always fails with ErrInvalid.
func (s *Secret) UnmarshalText([]byte) error { return errRedacted }

// UnmarshalJSON always fails with ErrInvalid.
func (s *Secret) UnmarshalJSON([]byte) error { return errRedacted }

// UnmarshalBinary always fails with ErrInvalid.
func (s *Secret) UnmarshalBinary([]byte) error { return errRedacted }

// GobDecode always fails with ErrInvalid.
func (s *Secret) GobDecode([]byte) error { return errRedacted }
