package age_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/age"
	"github.com/secretmux/secretmux/testing/conformance"
)

func TestConformance(t *testing.T) {
	for _, format := range []age.Kind{age.Sops, age.Age} {
		t.Run(string(format), func(t *testing.T) {
			conformance.Run(t, func(t *testing.T) *conformance.Harness { return harness(t, format, newPair(t)) })
		})
	}
	t.Run("hybrid", func(t *testing.T) {
		conformance.Run(t, func(t *testing.T) *conformance.Harness { return harness(t, age.Sops, newHybrid(t)) })
	})
}

func harness(t *testing.T, format age.Kind, key pair) *conformance.Harness {
	t.Helper()
	f := newFile(t, format, key)
	f.opts.KeepEmpty, f.opts.Prefix = true, "APP_"
	f = f.with(t, "another", "one")
	e := f.editor(t)
	capabilities := []conformance.Capability{
		conformance.CapEmpty, conformance.CapLarge, conformance.CapUnicode, conformance.CapLines, conformance.CapNested, conformance.CapMany,
		conformance.CapList, conformance.CapCheck, conformance.CapFail, conformance.CapDown,
	}
	if format == age.Sops {
		capabilities = append(capabilities, conformance.CapBinary)
	} else { // a sops file can't hold a \ before an n
		capabilities = append(capabilities, conformance.CapSymbols)
	}
	return &conformance.Harness{
		Provider: f.provider(t),
		Set:      func(t *testing.T, name string, value []byte) { must(t, e.Set(t.Context(), name, value)) },
		Delete:   func(t *testing.T, name string) { must(t, e.Remove(t.Context(), name)) },
		Fails:    []error{secretmux.ErrCorrupt, secretmux.ErrDenied, secretmux.ErrTooLarge},
		Fail:     func(t *testing.T, _ string, class error) { f.spoil(t, class) },
		Down:     func(t *testing.T) { must(t, os.Remove(f.opts.Path)) },
		Reopen: func(t *testing.T, address *secretmux.URI) secretmux.Provider {
			o := age.Options{Identities: f.opts.Identities}
			p, err := o.Backend()[address.Scheme](t.Context(), address)
			must(t, err)
			return p
		},
		Capabilities: capabilities,
	}
}

// spoil changes the file so that its reads fail with class.
func (f file) spoil(t *testing.T, class error) {
	t.Helper()
	content := f.read(t)
	switch {
	case errors.Is(class, secretmux.ErrTooLarge):
		content += strings.Repeat("#", 1<<20)
	case errors.Is(class, secretmux.ErrDenied):
		content = newFile(t, f.opts.Kind, newPair(t)).with(t, "x", "y").read(t)
	case f.opts.Kind == age.Sops:
		content = strings.Replace(content, "data:", "data:AAAA", 1)
	default:
		content = strings.Replace(content, "\n-----END", "A\n-----END", 1)
	}
	f.write(t, content)
}
