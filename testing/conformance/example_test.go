package conformance_test

import (
	"fmt"
	"testing"

	"github.com/secretmux/secretmux/testing/conformance"
	"github.com/secretmux/secretmux/testing/memory"
)

// A provider's test has a function that opens a harness, and passes it to Run.
func ExampleHarness() {
	open := func(*testing.T) *conformance.Harness {
		m := memory.New(nil) // yours: a fake that speaks the wire format
		return &conformance.Harness{
			Provider: m,
			Set:      func(_ *testing.T, name string, value []byte) { m.Set(name, string(value)) },
			Delete:   func(_ *testing.T, name string) { m.Delete(name) },
			Disable:  func(_ *testing.T, name string) { m.Disable(name) },
			Capabilities: []conformance.Capability{
				conformance.CapEmpty, conformance.CapBinary, conformance.CapNested, conformance.CapDisable,
			},
		}
	}
	// func TestConformance(t *testing.T) { conformance.Run(t, open) }
	fmt.Println(open(nil).Capabilities)
	// Output: [empty binary nested disable]
}

// Capabilities decide which cases run. The core cases always run.
func ExampleCapability() {
	claimed := []conformance.Capability{conformance.CapVersions, conformance.CapPrevious}
	fmt.Println(claimed)
	// Output: [versions previous]
}
