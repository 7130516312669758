package conformance

import (
	"testing"

	"github.com/secretmux/secretmux"
)

// Harness is one provider with one new backend, and the functions that put this backend
// into the states that the suite needs. Each subtest opens its own harness. It uses
// Provider from several goroutines, and everything else from one.
//
// The suite names secrets with lower-case letters only, so that every backend can hold
// the names. With [CapNested] a name may also have slashes.
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
	// Calls returns how many requests of the provider have reached the backend since it
	// was made. Requests of Set and Delete don't count. Nil means that the number is
	// unknown. Then the suite can't check whether bad names and constructors make calls.
	Calls func() int
	// Reopen opens a provider with the same backend from an address, like the Backend of
	// the provider's package. The result must be a fmt.Stringer. [ReopenWith] returns a
	// Reopen. Nil means that the test can't do this. Then the suite can't check whether
	// the provider's String leads to the same place.
	Reopen func(t *testing.T, address *secretmux.URI) secretmux.Provider
	// Capabilities are what this provider and this backend can do. If a capability is
	// missing here, its cases are skipped. The suite fails if a capability is here that
	// the provider does not have. It also fails if the provider has an optional interface
	// whose capability is missing here.
	Capabilities []Capability
}

// ReopenWith returns a Harness.Reopen that opens providers with backend. They are closed
// when the test ends. If backend can't open the address, the test fails.
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

// These say which values a secret may have. Every backend must allow a line of letters,
// digits and "-".
const (
	// CapEmpty allows the empty value, which is not the same as an absent secret.
	CapEmpty Capability = "empty"
	// CapBinary allows any bytes, even NUL and a final newline.
	CapBinary Capability = "binary"
	// CapLarge allows 64 KiB of text.
	CapLarge Capability = "large"
	// CapUnicode allows one line of UTF-8 text.
	CapUnicode Capability = "unicode"
	// CapSymbols allows quotes, $, #, =, \, % and white space at both ends.
	CapSymbols Capability = "symbols"
	// CapLines allows several lines, as in a PEM block, without a final newline.
	CapLines Capability = "lines"
)

// These say what the provider can do.
const (
	// CapNested means that names may have several segments, such as outer/inner/leaf.
	CapNested Capability = "nested"
	// CapMany means that the provider is a [secretmux.ManyGetter].
	CapMany Capability = "many"
	// CapVersions means that the provider is a [secretmux.VersionGetter], and that the
	// version of a secret is an id that GetVersion accepts. It needs
	// Harness.MissingVersion.
	CapVersions Capability = "versions"
	// CapPrevious means that GetVersion understands "previous". It needs CapVersions.
	CapPrevious Capability = "previous"
	// CapCreated means that a secret says when its version was made.
	CapCreated Capability = "created"
	// CapList means that the provider is a [secretmux.Lister].
	CapList Capability = "list"
	// CapDescribe means that the provider is a [secretmux.Describer] that knows when the
	// current version was made.
	CapDescribe Capability = "describe"
	// CapCheck means that the provider is a [secretmux.Checker].
	CapCheck Capability = "check"
)

// These say into which states the harness can put the backend.
const (
	// CapDisable means that the harness has Disable.
	CapDisable Capability = "disable"
	// CapFail means that the harness has Fail and Fails.
	CapFail Capability = "fail"
	// CapHang means that the harness has Hang.
	CapHang Capability = "hang"
	// CapDown means that the harness has Down.
	CapDown Capability = "down"
)
