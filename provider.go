package secretmux

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"iter"
	"sync"
	"time"
)

// Provider fetches secrets by name from one backend. This comment is the
// specification; package testing/conformance checks it.
//
//   - Get returns the current value. A secret that is provably absent is an
//     error that is ErrNotFound, never an empty Secret; an empty value is a
//     value. ErrNotFound lets a chain go on to a weaker source, so a provider
//     that can't tell absence from a wrong mount, a missing permission or an
//     outage must not say it.
//   - Errors are *Error with a Class, made in one place per provider. No text in
//     their tree holds a value or a piece of what was parsed.
//   - A name that the backend can't hold is ErrInvalid before any call. See
//     [ValidateName].
//   - Get honours ctx: it returns soon after ctx is done, and the error is then
//     recognisable as ctx.Err().
//   - It is safe for concurrent use.
//   - It doesn't cache, doesn't retry (the link and the store do both) and never
//     logs a value. Making one does no I/O.
//
// A provider may also implement [ManyGetter], [VersionGetter], [Lister], [Describer],
// [Checker], io.Closer, and fmt.Stringer for its redacted URI. Close may be called
// while a call that ignores its ctx still runs.
//
// A link asks three more methods of its provider, each optional:
//
//   - DefaultTTL() time.Duration: how often a watched name that is absent is looked
//     for, where reads cost next to nothing (files: 2 s).
//   - BackendName(name string) string: what the backend itself calls the secret,
//     folder included, as messages of a broker do. See [Store.Expect].
//   - Retries() bool: false where a read has a cost or an effect, so that it must
//     not be tried twice. See retry=.
type Provider interface {
	Get(ctx context.Context, name string) (Secret, error)
}

// ProviderFunc makes a Provider of a function. A nil one fails with ErrInvalid.
type ProviderFunc func(ctx context.Context, name string) (Secret, error)

// Get calls f.
func (f ProviderFunc) Get(ctx context.Context, name string) (Secret, error) {
	if f == nil {
		return Secret{}, invalid("get", "the ProviderFunc is nil", "give it a function")
	}
	return f(ctx, name)
}

// Result is the outcome for one name of a batch: Secret, or Err when it is not nil.
type Result struct {
	Name   string
	Secret Secret
	Err    error
}

// ManyGetter is a Provider that reads many names in fewer calls. Reach it
// through [GetMany].
type ManyGetter interface {
	// GetMany returns one Result for each name, in the order of names, and with
	// that name in it. It returns an error only when it knows nothing about any of
	// them; that error then holds for each. A provider may count on unique names,
	// as the package's GetMany takes repeated ones out.
	GetMany(ctx context.Context, names []string) ([]Result, error)
}

// VersionGetter is a Provider whose backend keeps versions. Reach it through
// [GetVersion].
type VersionGetter interface {
	// GetVersion returns one version: the backend's own id, VersionCurrent or
	// VersionPrevious. A version that does not exist is ErrNotFound, never the
	// latest one; an id that can't be one is ErrInvalid.
	GetVersion(ctx context.Context, name, version string) (Secret, error)
}

// Lister is a Provider that can name its secrets. Reach it through [List].
type Lister interface {
	// List yields the names that start with prefix and that Get would accept,
	// in no promised order. After an error it yields nothing more. It reads no
	// values.
	List(ctx context.Context, prefix string) iter.Seq2[Info, error]
}

// Describer is a Provider whose backend can tell more about one secret than its list
// does: when the current version was made, above all. Reach it through [Describe].
type Describer interface {
	// Describe returns what the backend says about name, in one call where it can,
	// and without reading the value. Errors are those of Get; a permission that is
	// missing is ErrDenied, and the Hint names it.
	Describe(ctx context.Context, name string) (Info, error)
}

// Checker is a Provider that can probe its backend. Reach it through [Check].
type Checker interface {
	// Check returns nil when the backend can be reached and knows who asks. It
	// reads no secret.
	Check(ctx context.Context) error
}

// Info describes a secret without its value. Only Name is always set; of the others,
// [List] sets what the backend's list gives for nothing, and [Describe] what it can
// find out. Zero means unknown, which is not the same as new.
type Info struct {
	Name string
	// Version is the backend's id of the current version.
	Version string
	// Created is when the secret was made, or its current version where the backend
	// says that.
	Created time.Time
	// VersionCreated is when the current version was made: the age of the value. A
	// changed tag or description does not move it.
	VersionCreated time.Time
	// Updated is when the secret or its description last changed. With most
	// backends a changed tag counts too, so that it is not the age of the value.
	Updated time.Time
	// LastRotated is when the backend's own rotation last succeeded, NextRotation
	// when it is due.
	LastRotated, NextRotation time.Time
	// LastRead is when the value was last read, as far as the backend counts
	// reads: AWS Secrets Manager gives the day.
	LastRead time.Time
	// Expires is when the current version ends.
	Expires time.Time
	// Enabled says whether the current version can be read. Nil means unknown.
	Enabled *bool
	// Source is the redacted URI of the link that lists it.
	Source string
}

// Claims refuses two names that a provider maps to one key of its backend, as
// one of the two would get the other's secret. It is for authors of providers.
// The zero Claims is ready; it is safe for concurrent use and must not be copied.
type Claims struct {
	mu sync.Mutex
	by map[string]string // key -> name
}

// maxClaims bounds the memory for keys. Beyond it no clash is seen.
const maxClaims = 1 << 16

// Take claims key for name. It returns ErrInvalid, naming both names, when
// another name holds the key. Claim only keys that exist, so that lookups of
// absent names cost no memory.
func (c *Claims) Take(key, name string) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	holder, taken := c.by[key]
	switch {
	case taken && holder != name:
		return &Error{
			Op: "get", Name: name, Class: ErrInvalid, Err: errors.New("another name maps to the same key of the backend: " + quoted(holder)),
			Hint: "ask for one secret by one name, or rename one of the two",
		}
	case !taken && len(c.by) < maxClaims:
		if c.by == nil {
			c.by = make(map[string]string)
		}
		c.by[key] = name
	}
	return nil
}

// Holder returns the name that holds key, and whether one does.
func (c *Claims) Holder(key string) (name string, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	name, ok = c.by[key]
	return name, ok
}

// versionKey is drawn once a process. A digest without a key would let a reader
// of a log try out short secrets against it.
var versionKey = sync.OnceValue(func() []byte { //nolint:gochecknoglobals // one key a process is the point
	key := make([]byte, sha256.Size)
	_, _ = rand.Read(key) // it never fails: crypto/rand ends the program instead
	return key
})

// ContentVersion makes a version id for a value from a backend that has none: 16
// hexadecimal digits that are equal for equal values within this process. Another
// process has other ids for the same values. They tell nothing about the value:
// HMAC-SHA256 (RFC 2104) under a random key that is never shown, cut to 64 bits.
func ContentVersion(value []byte) string {
	mac := hmac.New(sha256.New, versionKey())
	mac.Write(value)
	return hex.EncodeToString(mac.Sum(nil)[:8])
}
