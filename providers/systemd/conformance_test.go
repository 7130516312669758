package systemd_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/systemd"
	"github.com/secretmux/secretmux/testing/conformance"
)

func TestConformance(t *testing.T) {
	conformance.Run(t, func(t *testing.T) *conformance.Harness {
		dir := t.TempDir()
		at := func(name string) string { return filepath.Join(dir, "shop_"+strings.ReplaceAll(name, "/", "_")) }
		return &conformance.Harness{
			Provider: open(t, systemd.Options{Prefix: "shop_", Lookup: folder(dir)}),
			Set:      func(t *testing.T, name string, value []byte) { write(t, at(name), string(value)) },
			Delete:   func(t *testing.T, name string) { must(t, os.Remove(at(name))) },
			Fail: func(t *testing.T, name string, class error) {
				value, err := os.ReadFile(at(name))
				must(t, err)
				if errors.Is(class, secretmux.ErrTooLarge) {
					write(t, at(name), string(value)+strings.Repeat("x", 1<<20))
					return
				}
				must(t, os.Remove(at(name)))
				write(t, filepath.Join(at(name), "below"), string(value))
			},
			Fails: []error{secretmux.ErrInvalid, secretmux.ErrTooLarge},
			Down:  func(t *testing.T) { must(t, os.RemoveAll(dir)) },
			Capabilities: []conformance.Capability{
				conformance.CapEmpty, conformance.CapBinary, conformance.CapLarge, conformance.CapUnicode, conformance.CapSymbols,
				conformance.CapLines, conformance.CapNested, conformance.CapMany, conformance.CapList, conformance.CapCheck,
				conformance.CapFail, conformance.CapDown,
			},
		}
	})
}

func open(t *testing.T, opts systemd.Options) *systemd.Provider {
	t.Helper()
	p, err := systemd.New(opts)
	must(t, err)
	return p
}

// folder is an environment in which systemd passed on the credentials in dir.
func folder(dir string) func(string) (string, bool) {
	return func(variable string) (string, bool) {
		if variable == "CREDENTIALS_DIRECTORY" && dir != "" {
			return dir, true
		}
		return "", false
	}
}

func write(t *testing.T, path, content string) {
	t.Helper()
	must(t, os.MkdirAll(filepath.Dir(path), 0o755))
	must(t, os.WriteFile(path, []byte(content), 0o600))
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
