package sm_test

import (
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

func harness(t *testing.T, prefix string) *conformance.Harness {
	t.Helper()
	a := newAccount(t)
	opts := awstest.At(a.URL)
	opts.Prefix = prefix
	h := a.Harness(open(t, opts), awstest.Secrets{
		Full:   func(name string) string { return prefix + name },
		Set:    func(full string, value []byte) { a.set(full, value) },
		Delete: func(full string) { delete(a.secrets, full) },
	})
	h.Disable = func(_ *testing.T, name string) { a.change(prefix+name, func(s *stored) { s.deleted = true }) }
	h.Reopen = conformance.ReopenWith(awstest.At(a.URL).Backend())
	h.MissingVersion = "00000000-0000-4000-8000-999999999999"
	h.Capabilities = []conformance.Capability{
		conformance.CapEmpty, conformance.CapBinary, conformance.CapLarge, conformance.CapUnicode, conformance.CapSymbols,
		conformance.CapLines, conformance.CapNested, conformance.CapMany, conformance.CapVersions, conformance.CapPrevious,
		conformance.CapCreated, conformance.CapList, conformance.CapDescribe, conformance.CapCheck, conformance.CapDisable, conformance.CapFail,
		conformance.CapHang, conformance.CapDown,
	}
	return h
}
