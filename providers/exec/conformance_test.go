package exec_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/exec"
	"github.com/secretmux/secretmux/testing/conformance"
)

func TestConformance(t *testing.T) {
	conformance.Run(t, func(t *testing.T) *conformance.Harness { return harness(t, exec.Options{KeepEmpty: true, Raw: true}) })
}

// Without options, a text loses one newline, and empty output is not a secret.
func TestConformanceOfText(t *testing.T) {
	conformance.Run(t, func(t *testing.T) *conformance.Harness {
		h := harness(t, exec.Options{})
		h.Capabilities = slices.DeleteFunc(h.Capabilities, func(c conformance.Capability) bool { return c == conformance.CapEmpty })
		return h
	})
}

func harness(t *testing.T, o exec.Options) *conformance.Harness {
	t.Helper()
	dir := t.TempDir()
	o.Args, o.NotFound = []string{"play", "folder", filepath.ToSlash(dir), "{name}"}, 44
	p := open(t, o)
	at := func(name string) string { return filepath.Join(dir, strings.ReplaceAll(name, "/", "_")) }
	trouble := func(t *testing.T, name, what string) {
		t.Helper()
		must(t, os.WriteFile(at("trouble."+name), []byte(what), 0o600))
	}
	return &conformance.Harness{
		Provider: p,
		Set:      func(t *testing.T, name string, value []byte) { must(t, os.WriteFile(at(name), value, 0o600)) },
		Delete:   func(t *testing.T, name string) { must(t, os.Remove(at(name))) },
		Fails:    []error{secretmux.ErrUnavailable, secretmux.ErrTooLarge},
		Fail: func(t *testing.T, name string, class error) {
			what := "fail"
			if errors.Is(class, secretmux.ErrTooLarge) {
				what = "much"
			}
			trouble(t, name, what)
		},
		Hang: func(t *testing.T, name string) { trouble(t, name, "hang") },
		Calls: func() int {
			record, _ := os.ReadFile(at("calls"))
			return len(record)
		},
		Reopen: func(t *testing.T, address *secretmux.URI) secretmux.Provider {
			again, err := exec.Backend()[exec.Scheme](t.Context(), address)
			must(t, err)
			return again
		},
		Capabilities: []conformance.Capability{
			conformance.CapEmpty, conformance.CapBinary, conformance.CapLarge, conformance.CapUnicode, conformance.CapSymbols, conformance.CapLines,
			conformance.CapNested, conformance.CapCheck, conformance.CapFail,
			conformance.CapHang,
		},
	}
}
