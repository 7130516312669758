package conformance

import (
	"testing"

	"github.com/secretmux/secretmux"
)

// Harness is one provider over one fresh backend, and the levers to put that
// backend into the states that the suite asks for. Each subtest opens its own
// and uses it from one goroutine, except for Provider.
//
// The suite names secrets with lower-case letters only, so that every backend can
// hold the names. With [CapNested] there are also slashes between them.
type Harness struct {
	// Provider is the provider under test. Required.
	Provider secretmux.Provider
	// Set creates a secret or replaces its value; where the backend keeps
	// versions it makes a new one. The next Get must see it, with no wait.
	// Required.
	Set func(t *testing.T, name string, value []byte)
	// Delete leaves the secret provably absent: where the backend keeps deleted
	// secrets for a while, it purges. Required.
	Delete func(t *testing.T, name string)
	// Disable makes an existing secret one that exists but can't be read:
	// disabled, soft-deleted, destroyed. Required with CapDisable.
	Disable func(t *testing.T, name string)
	// Fail makes reads of an existing secret fail with class, one of Fails. It
	// may hit other secrets too: the harness is not used for them afterwards.
	// Where the backend's answer can quote the value that was Set, it should, as
	// the suite looks for it in the errors. Required with CapFail.
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
	// Calls counts the requests that reached the backend since it was made, by
	// the provider only and not by Set or Delete. Nil if that is unknown; the
	// suite then can't see whether bad names and constructors make calls.
	Calls func() int
	// Reopen opens a provider by its address, over the same backend, as the
	// package's Backend does. The result is a fmt.Stringer. Nil where a test can't: the
	// suite then can't see whether String leads to the same place.
	// [ReopenWith] makes one.
	Reopen func(t *testing.T, address *secretmux.URI) secretmux.Provider
	// Capabilities are what this provider and this backend can do. The cases of a
	// capability that is missing here are skipped. One that is claimed and does
	// not hold fails, and so does an optional interface that the provider has and
	// the harness does not claim.
	Capabilities []Capability
}

// ReopenWith makes a Harness.Reopen of a package's Backend. What it opens is closed with
// the test.
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

// The values that a secret can have, besides a line of letters, digits and "-".
const (
	// CapEmpty: the empty value, told from an absent secret.
	CapEmpty Capability = "empty"
	// CapBinary: any bytes, NUL and a final newline included.
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

// The abilities of the provider.
const (
	// CapNested: names of several segments, such as outer/inner/leaf.
	CapNested Capability = "nested"
	// CapMany: the provider is a [secretmux.ManyGetter].
	CapMany Capability = "many"
	// CapVersions: the provider is a [secretmux.VersionGetter] whose secrets carry
	// the ids that GetVersion takes.
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

// The states that the harness can bring about.
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
