package env_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/env"
	"github.com/secretmux/secretmux/testing/conformance"
)

func TestConformance(t *testing.T) {
	conformance.Run(t, func(t *testing.T) *conformance.Harness {
		e := newEnviron("OTHER=x", "APP_lower=x", "APP_UNSET=")
		return &conformance.Harness{
			Provider: e.open(t, env.Options{Prefix: "APP_"}),
			Set:      func(_ *testing.T, name string, value []byte) { e.set(env.Name("APP_", name), string(value)) },
			Delete:   func(_ *testing.T, name string) { e.unset(env.Name("APP_", name)) },
			Reopen:   conformance.ReopenWith(e.with(env.Options{}).Backend()),
			Capabilities: []conformance.Capability{
				conformance.CapLarge, conformance.CapUnicode, conformance.CapSymbols, conformance.CapLines,
				conformance.CapNested, conformance.CapList,
			},
		}
	})
}

// With empty=keep an empty variable is a value.
func TestConformanceKeepEmpty(t *testing.T) {
	conformance.Run(t, func(t *testing.T) *conformance.Harness {
		e := newEnviron()
		return &conformance.Harness{
			Provider: e.open(t, env.Options{KeepEmpty: true}),
			Set:      func(_ *testing.T, name string, value []byte) { e.set(env.Name("", name), string(value)) },
			Delete:   func(_ *testing.T, name string) { e.unset(env.Name("", name)) },
			Reopen:   conformance.ReopenWith(e.with(env.Options{}).Backend()),
			Capabilities: []conformance.Capability{
				conformance.CapEmpty, conformance.CapNested, conformance.CapList,
			},
		}
	})
}

// The values of NAME_FILE can be binary.
func TestConformanceFiles(t *testing.T) {
	conformance.Run(t, func(t *testing.T) *conformance.Harness {
		e, folder := newEnviron(), t.TempDir()
		path := func(name string) string { return filepath.Join(folder, env.Name("", name)) }
		write := func(t *testing.T, name string, value []byte) {
			t.Helper()
			rewrite(t, path(name), string(value))
			e.set(env.Name("", name)+"_FILE", path(name))
		}
		return &conformance.Harness{
			Provider: e.open(t, env.Options{KeepEmpty: true, Files: true}),
			Set:      write,
			Delete:   func(_ *testing.T, name string) { e.unset(env.Name("", name) + "_FILE") },
			Reopen:   conformance.ReopenWith(e.with(env.Options{}).Backend()),
			Fails:    []error{secretmux.ErrInvalid, secretmux.ErrTooLarge},
			Fail: func(t *testing.T, name string, class error) {
				t.Helper()
				value, err := os.ReadFile(path(name))
				if err != nil {
					t.Fatal(err)
				}
				if class == secretmux.ErrTooLarge { //nolint:errorlint // the sentinel itself
					write(t, name, []byte(strings.Repeat(string(value), 1<<17)))
					return
				}
				e.set(env.Name("", name)+"_FILE", string(value)) // the value where its path should be
			},
			Capabilities: []conformance.Capability{
				conformance.CapEmpty, conformance.CapBinary, conformance.CapLarge, conformance.CapUnicode, conformance.CapSymbols,
				conformance.CapLines, conformance.CapNested, conformance.CapList, conformance.CapFail,
			},
		}
	})
}
