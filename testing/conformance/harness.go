package conformance

import (
	"testing"

	"github.com/secretmux/secretmux"
)

// Harness is one provider with one fresh backend, and the functions that put this
// backend into the states that the suite needs. Each subtest opens its own and uses
// it from one goroutine, except for Provider.
//
// The suite names secrets with lower-case letters only, so that every backend can
// hold the names. With [CapNested] there are also slashes between them.
type Harness struct {
	// Provider is the provider under test. Required.
	Provider secretmux.Provider
	// Set creates a secret or replaces its value. If the backend keeps versions, Set
	// makes a new version. The next Get must return it at once. Required.
	Set func(t *testing.T, name string, value []byte)
	// Delete makes the secret provably absent. If the backend keeps deleted secrets
	// for a while, Delete purges the secret. Required.
	Delete func(t *testing.T, name string)
	// Disable changes an existing secret so that it exists but can't be read: it is
	// disabled, soft-deleted or destroyed. Required with CapDisable.
	Disable func(t *testing.T, name string)
	// Fail makes reads of an existing secret fail with class, one of Fails. Other
	// secrets may fail too, because the harness is not used for them afterwards. If
	// the backend's answer can quote the value that was Set, it should, because the
	// suite looks for the value in the errors. Required with CapFail.
	Fail func(t *testing.T, name string, class error)
	// Fails are the classes that Fail can produce, such as ErrDenied,
	// ErrUnauthenticated, ErrThrottled, ErrUnavailable, ErrCorrupt and
	// ErrTooLarge. Required with CapFail.
	Fails []error
	// Hang makes reads of a secret wait until their ctx ends. Required with
	// CapHang.
	Hang func(t *testing.T, name string)
	// Down makes the whole backend unreachable, or all credentials refused.
	// Required with CapDown.
	Down func(t *testing.T)
	// MissingVersion is a well-formed version id that no secret has. Required
	// with CapVersions.
	MissingVersion string
	// Calls counts the requests that reached the backend since it was made, by the
	// provider only and not by Set or Delete. Nil means that the number is unknown.
	// Then the suite can't check whether bad names and constructors make calls.
	Calls func() int
	// Reopen opens a provider from its address, with the same backend, like the
	// package's Backend. The result is a fmt.Stringer. Nil means that the test can't
	// do this. Then the suite can't check whether String leads to the same place.
	// [ReopenWith] makes one.
	Reopen func(t *testing.T, address *secretmux.URI) secretmux.Provider
	// Capabilities are what this provider and this backend can do. The cases of a
	// capability that is missing here are skipped. A claimed capability that does not
	// hold fails the suite. So does an optional interface that the provider has and
	// the harness does not claim.
	Capabilities []Capability
}

// ReopenWith makes a Harness.Reopen from a package's Backend. The providers that it
// opens are closed when the test ends.
func ReopenWith(backend secretmux.Backend) func(t *testing.T, address *secretmux.URI) secretmux.Provider {
	return func(t *testing.T, address *secretmux.URI) secretmux.Provider {
		t.Helper()
		open := backend[address.Scheme]
		if open == nil {
			t.Fatal("the scheme of the address is not one of the backend's")
		}
		p, err := open(t.Context(), address)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = secretmux.Close(p) })
		return p
	}
}

// Capability is something that not every backend or harness can do.
type Capability string

// These are the values that a secret may have, besides a line of letters, digits and
// "-".
const (
	// CapEmpty: the empty value, which differs from an absent secret.
	CapEmpty Capability = "empty"
	// CapBinary: any bytes, even NUL and a final newline.
	CapBinary Capability = "binary"
	// CapLarge: 64 KiB of text.
	CapLarge Capability = "large"
	// CapUnicode: UTF-8 text of one line.
	CapUnicode Capability = "unicode"
	// CapSymbols: quotes, $, #, =, \, % and white space at both ends.
	CapSymbols Capability = "symbols"
	// CapLines: several lines, as in a PEM block, without a final newline.
	CapLines Capability = "lines"
)

// These are abilities of the provider.
const (
	// CapNested: names with several segments, such as outer/inner/leaf.
	CapNested Capability = "nested"
	// CapMany: the provider is a [secretmux.ManyGetter].
	CapMany Capability = "many"
	// CapVersions: the provider is a [secretmux.VersionGetter] whose secrets have the
	// ids that GetVersion accepts.
	CapVersions Capability = "versions"
	// CapPrevious: GetVersion understands "previous". It needs CapVersions.
	CapPrevious Capability = "previous"
	// CapCreated: secrets say when their version was made.
	CapCreated Capability = "created"
	// CapList: the provider is a [secretmux.Lister].
	CapList Capability = "list"
	// CapDescribe: the provider is a [secretmux.Describer] that knows when the
	// current version was made.
	CapDescribe Capability = "describe"
	// CapCheck: the provider is a [secretmux.Checker].
	CapCheck Capability = "check"
)

// These are states that the harness can produce.
const (
	// CapDisable: Harness.Disable.
	CapDisable Capability = "disable"
	// CapFail: Harness.Fail and Harness.Fails.
	CapFail Capability = "fail"
	// CapHang: Harness.Hang.
	CapHang Capability = "hang"
	// CapDown: Harness.Down.
	CapDown Capability = "down"
)
