package secretmux

import (
	"bytes"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"time"

	"github.com/secretmux/secretmux/internal/jsonobject"
)

// Secret is one value of a secret, with what its backend said about it.
//
// The only ways to the value are [Secret.Reveal] and [Secret.Bytes], so that a
// review can search for them. Everything that prints or encodes a Secret shows
// [redacted] or an address. This holds even in an unexported field, for which fmt and
// others call no methods: a closure holds the value, and no reflection can look into
// it. Nothing decodes into a Secret.
//
// A Secret is immutable, cheap to copy, and safe for concurrent use. The zero
// Secret is empty. Secrets don't compare with ==; use [Secret.Equal].
//
// Go can't promise that a value leaves memory: the collector may copy it, and
// strings can't be wiped. Keep secrets for a short time instead.
type Secret struct {
	_ [0]func()
	p *payload
}

// Meta is what a backend says about a value besides the value.
type Meta struct {
	// Version is the backend's own id of this version. A backend without ids has a
	// digest of the value here. Empty means unknown.
	Version string
	// Created is when this version was made. Zero means unknown.
	Created time.Time
	// Expires is when this version ends. Zero means unknown or never.
	Expires time.Time
	// Source is the redacted URI of the link that answered. A store opened from
	// a config string overwrites it with the link's own.
	Source string
	// TTL is how long the provider advises to keep this answer. It is for backends
	// whose reads cost almost nothing (files: seconds). Zero leaves it to the store's
	// options, and negative means not at all. A link's ttl= comes first, and so does
	// a store that keeps nothing.
	TTL time.Duration
}

// It is behind a pointer so that a Secret is one word, and a copy of it costs nothing.
type payload struct {
	reveal func() []byte
	meta   Meta
	// fixed says that meta.TTL is the ttl= of a link, not a provider's advice.
	fixed bool
	// stale is the stale= of the link that served this; nil leaves it to the store.
	stale *time.Duration
	// alias is what the backend itself calls the secret, for Store.Expect.
	alias string
}

// NewSecret makes a Secret. It copies value; a nil value is the empty secret.
func NewSecret(value []byte, meta Meta) Secret {
	own := bytes.Clone(value)
	return Secret{p: &payload{reveal: func() []byte { return own }, meta: meta}}
}

// Reveal returns the value as a string. A binary value comes as its bytes. It
// never panics.
func (s Secret) Reveal() string { return string(s.raw()) }

// Bytes returns a copy of the value. It is nil only for the zero Secret.
func (s Secret) Bytes() []byte {
	if s.p == nil {
		return nil
	}
	return append([]byte{}, s.raw()...)
}

// Equal reports whether both values are the same. The time it takes depends
// only on the lengths. Version, source and times don't count.
func (s Secret) Equal(t Secret) bool {
	return subtle.ConstantTimeCompare(s.raw(), t.raw()) == 1
}

// IsZero reports whether s is the zero Secret, which a failed Get returns. An empty
// value is not zero.
func (s Secret) IsZero() bool { return s.p == nil }

// Meta returns all that the backend said about the value, the advised TTL too, so
// that a decorator loses nothing.
func (s Secret) Meta() Meta { return s.meta() }

// WithValue returns a Secret with another value and the same description: version,
// times, source, TTL, and the ttl= and stale= of the link that answered. It is for
// decorators that decode a value. It copies value; a nil one is the empty secret.
func (s Secret) WithValue(value []byte) Secret {
	own := bytes.Clone(value)
	return s.with(func(p *payload) { p.reveal = func() []byte { return own } })
}

// Version returns the backend's id of this version; empty when unknown. Backends
// that keep no versions (the environment, files) have a digest here, which is
// another one in each process: don't use it as the id of a key.
func (s Secret) Version() string { return s.meta().Version }

// Created returns when this version was made; zero when unknown.
func (s Secret) Created() time.Time { return s.meta().Created }

// Expires returns when this version ends; zero when unknown or never.
func (s Secret) Expires() time.Time { return s.meta().Expires }

// Source returns the redacted URI of the link that answered.
func (s Secret) Source() string { return s.meta().Source }

// Field returns one field of a secret whose value is a JSON object, as a Secret
// with the same version, times and source.
//
// The key is a literal top-level key, dots and all; when it starts with "/" it
// is a JSON Pointer (RFC 6901) into the document. Strings come decoded, numbers
// with the digits they were written with, booleans as true or false, objects and
// arrays as their JSON text.
//
// A field that is absent or null is an error that is both ErrNotFound and
// ErrFieldNotFound. A value that is not a JSON object, an object that has the key
// twice and a string that is not Unicode text are ErrInvalid.
func (s Secret) Field(key string) (Secret, error) {
	if err := validateField(key); err != nil {
		return Secret{}, err
	}
	object, err := jsonobject.Parse(s.raw())
	return s.fieldIn(object, err, key)
}

// fieldIn is Field of a document that was parsed already: once for all its fields.
//
// The error of the parse comes in as well, so that all fields of a broken document fail
// in the same way, each with its own name.
func (s Secret) fieldIn(doc jsonobject.Object, err error, key string) (Secret, error) {
	var value []byte
	if err == nil {
		var raw json.RawMessage
		if raw, err = doc.Lookup(key); err == nil {
			value, err = jsonobject.Text(raw)
		}
	}
	if err != nil {
		return Secret{}, fieldError(key, s.Source(), err)
	}
	return s.WithValue(value), nil
}

// fieldError turns what is wrong with a document into an error that names the field,
// says what to do, and quotes nothing of the document.
func fieldError(key, source string, cause error) error {
	e := &Error{Op: "field", Name: key, Source: source, Class: ErrInvalid, Err: cause}
	switch {
	case errors.Is(cause, jsonobject.ErrAbsent):
		// Both classes: a default of settings applies, and one who has to tell a
		// missing field from a missing secret still can.
		e.Class, e.Err = ErrNotFound, ErrFieldNotFound
		e.Hint = "the secret exists, but its document has no such field or it is null"
	case errors.Is(cause, jsonobject.ErrNotObject):
		e.Hint = "leave out #field to read the whole value, or store a JSON object"
	case errors.Is(cause, jsonobject.ErrBroken):
		e.Hint = "mend the JSON document where it is stored"
	case errors.Is(cause, jsonobject.ErrTwice):
		e.Hint = "remove one of the two from the document"
	}
	return e
}

// raw is the value itself, not a copy. It must not leave the package, and nothing in
// here changes it.
func (s Secret) raw() []byte {
	if s.p == nil {
		return nil
	}
	return s.p.reveal()
}

// meta is the zero Meta for the zero Secret.
func (s Secret) meta() Meta {
	if s.p == nil {
		return Meta{}
	}
	return s.p.meta
}

// with returns s with another description of the same value.
//
// The payload is copied, as others may hold it: a link stamps what a provider may have
// kept for itself.
func (s Secret) with(change func(*payload)) Secret {
	p := payload{reveal: func() []byte { return nil }}
	if s.p != nil {
		p = *s.p
	}
	change(&p)
	return Secret{p: &p}
}

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
