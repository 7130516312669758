package ps_test

import (
	"strings"
	"testing"

	"github.com/secretmux/secretmux/providers/aws/internal/awstest"
	"github.com/secretmux/secretmux/testing/conformance"
)

func TestConformance(t *testing.T) {
	conformance.Run(t, func(t *testing.T) *conformance.Harness { return harness(t, "") })
}

func TestConformanceWithPrefix(t *testing.T) {
	conformance.Run(t, func(t *testing.T) *conformance.Harness { return harness(t, "prod/") })
}

// full is the service's name of a parameter.
func full(name string) string {
	if strings.Contains(name, "/") {
		return "/" + name
	}
	return name
}

func harness(t *testing.T, prefix string) *conformance.Harness {
	t.Helper()
	a := newAccount(t)
	opts := awstest.At(a.URL)
	opts.Prefix = prefix
	h := a.Harness(open(t, opts), awstest.Secrets{
		Full:   func(name string) string { return full(prefix + name) },
		Set:    a.set,
		Delete: func(full string) { delete(a.parameters, full) },
	})
	h.Reopen = conformance.ReopenWith(awstest.At(a.URL).Backend())
	h.MissingVersion = "99"
	// The service can't hold an empty value, or bytes that are not text.
	h.Capabilities = []conformance.Capability{
		conformance.CapLarge, conformance.CapUnicode, conformance.CapSymbols, conformance.CapLines, conformance.CapNested,
		conformance.CapMany, conformance.CapVersions, conformance.CapPrevious, conformance.CapCreated, conformance.CapList, conformance.CapDescribe,
		conformance.CapCheck, conformance.CapFail, conformance.CapHang, conformance.CapDown,
	}
	return h
}
