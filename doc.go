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
