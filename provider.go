// Package secretmux gives a service one Get for every secret, wherever it lives,
// and tells it when a value changed.
//
// A config string says which backends answer, and in which order:
//
//	env:,dotenv:.env                 the process environment, then a .env file
//	env:,docker:                     then the files in /run/secrets
//	file:///mnt/a|file:///mnt/b      two copies of the same data
//
// [Open] makes a [Store] of it. Which schemes a string may use is what the program
// passes; nothing registers itself:
//
//	store, err := secretmux.Open(ctx, os.Getenv("SECRETS"), local.Backend())
//	password, err := store.Get(ctx, "db/password")
//
// # Composition
//
// A [Chain] (",") is an overlay: it goes on to its next link only when a secret is
// provably absent. [Replicas] ("|") are copies of the same data: they go on only
// when one can't be reached. Everything else stops, so that a revoked permission
// does not turn into an old value from a weaker source.
//
// # Rotation
//
// A store reads secrets anew before their TTL ends. [Store.OnRotate] calls back
// once for each change of content, a [Live] always holds the newest value, and
// Options.Validate can refuse a value that does not work yet.
//
// # Secrets and errors
//
// A [Secret] prints as [redacted] everywhere; its value comes out only through
// Reveal and Bytes. Every failure is an *[Error] of a class (ErrNotFound,
// ErrDenied, ErrUnavailable ...) to be tested with errors.Is. No error holds a
// value or a piece of malformed input.
//
// # Backends
//
// A backend is a [Provider], one method, with optional interfaces for batches,
// versions, lists and checks. The packages below providers hold those of this
// repository; testing/memory is one for tests, testing/faults makes any of them
// fail on purpose, and testing/conformance checks those of others.
package secretmux

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"reflect"
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
//   - DefaultTTL() time.Duration: how often the store looks for a watched name that is
//     absent. It is for backends whose reads cost almost nothing (files: 2 s).
//   - BackendName(name string) string: the backend's own name of the secret, with its
//     folder. Messages of a broker use that name. See [Store.Expect].
//   - Retries() bool: false if a read costs something or has an effect, and must
//     therefore not be tried twice. See retry=.
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
	// Describe returns what the backend says about name, without reading the value
	// and, if possible, in one call. It fails as Get does. A missing permission is
	// ErrDenied, and the Hint names the permission.
	Describe(ctx context.Context, name string) (Info, error)
}

// Checker is a Provider that can probe its backend. Reach it through [Check].
type Checker interface {
	// Check returns nil if the backend can be reached and accepts the credentials.
	// It reads no secret.
	Check(ctx context.Context) error
}

// Info describes a secret without its value. Only Name is always set; of the others,
// [List] sets what the backend's list gives for nothing, and [Describe] what it can
// find out. Zero means unknown, which is not the same as new.
type Info struct {
	Name string
	// Version is the backend's id of the current version.
	Version string
	// Created is when the secret was made. Some backends give the time of the current
	// version instead.
	Created time.Time
	// VersionCreated is when the current version was made: the age of the value. A
	// changed tag or description does not move it.
	VersionCreated time.Time
	// Updated is when the secret or its description last changed. With most
	// backends a changed tag counts too, so this is not the age of the value.
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

// GetVersion reads one version of a secret: the backend's own id,
// [VersionCurrent] or [VersionPrevious]. If p is not a [VersionGetter], the current
// version is the one that Get reads, and every other one is errors.ErrUnsupported.
func GetVersion(ctx context.Context, p Provider, name, version string) (Secret, error) {
	if err := validateVersion(version); err != nil {
		return Secret{}, err
	}
	// A type assertion and nothing registered: a decorator that lacks the method hides
	// it, so each of ours forwards all of them.
	if v, ok := p.(VersionGetter); ok {
		return v.GetVersion(ctx, name, version)
	}
	if version == VersionCurrent {
		return p.Get(ctx, name)
	}
	return Secret{}, unsupported("get version", name, p, "this backend keeps no versions")
}

// List yields the names in p that start with prefix, without values. If p is not a
// [Lister], it yields one error, which is errors.ErrUnsupported.
func List(ctx context.Context, p Provider, prefix string) iter.Seq2[Info, error] {
	if l, ok := p.(Lister); ok {
		return l.List(ctx, prefix)
	}
	return func(yield func(Info, error) bool) {
		yield(Info{}, unsupported("list", "", p, "this backend can't list its secrets"))
	}
}

// Describe returns what p knows about one secret, above all the age of its value
// ([Info].VersionCreated). It does not read the value. If p is not a [Describer],
// Describe looks into p's list, and a name that is not there is ErrNotFound. If p is
// not a [Lister] either, the error is errors.ErrUnsupported.
func Describe(ctx context.Context, p Provider, name string) (Info, error) {
	if err := ValidateName(name); err != nil {
		return Info{}, err
	}
	if d, ok := p.(Describer); ok {
		return d.Describe(ctx, name)
	}
	if _, ok := p.(Lister); !ok {
		return Info{}, unsupported("describe", name, p, "this backend can't describe its secrets")
	}
	// A prefix is as near as a list comes to one name. Those that only begin with it
	// are passed over.
	for info, err := range List(ctx, p, name) {
		if err != nil || info.Name == name {
			return info, err
		}
	}
	return Info{}, &Error{
		Op: "describe", Name: name, Source: sourceOf(p), Class: ErrNotFound, Err: errors.New("the list does not have this name"),
	}
}

// Check probes p without reading a secret. If p is not a [Checker], it returns nil.
// For a [Store], a [Chain] or [Replicas] the timeouts of their links bound it. A
// single provider may take as long as it likes; [Probe] bounds that as well.
func Check(ctx context.Context, p Provider) error {
	if c, ok := p.(Checker); ok {
		return c.Check(ctx)
	}
	return nil
}

// Close closes p and everything below it. If p is not an io.Closer, it returns nil.
func Close(p Provider) error {
	if c, ok := p.(io.Closer); ok {
		return c.Close()
	}
	return nil
}

// unsupported is the error for what p has no method for. It says nothing about the
// backend, and the gate of a link does not count it.
func unsupported(op, name string, p Provider, hint string) error {
	return &Error{Op: op, Name: name, Source: sourceOf(p), Class: errors.ErrUnsupported, Hint: hint}
}

// sourceOf is the redacted URI of p, or p's type if it has no URI.
func sourceOf(p Provider) string {
	if s, ok := p.(fmt.Stringer); ok {
		if source := hook(s.String); source != "" {
			return source
		}
	}
	return fmt.Sprintf("%T", p)
}

// isNil reports whether p is nil or a nil pointer, which would panic at its
// first call.
//
// A nil pointer in an interface is the usual way in which a constructor's error was not
// looked at.
func isNil(p Provider) bool {
	if p == nil {
		return true
	}
	v := reflect.ValueOf(p)
	return v.Kind() == reflect.Pointer && v.IsNil()
}
