package docker_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/docker"
	"github.com/secretmux/secretmux/testing/conformance"
)

func TestConformance(t *testing.T) {
	for _, prefix := range []string{"", "shop_"} {
		t.Run("prefix "+prefix, func(t *testing.T) {
			conformance.Run(t, func(t *testing.T) *conformance.Harness { return harness(t, prefix) })
		})
	}
}

func harness(t *testing.T, prefix string) *conformance.Harness {
	dir := t.TempDir()
	at := func(name string) string {
		return filepath.Join(dir, prefix+strings.ReplaceAll(name, "/", "_"))
	}
	return &conformance.Harness{
		Provider: open(t, docker.Options{Dir: dir, Prefix: prefix}),
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
		Capabilities: []conformance.Capability{
			conformance.CapEmpty, conformance.CapBinary, conformance.CapLarge, conformance.CapUnicode, conformance.CapSymbols,
			conformance.CapLines, conformance.CapNested, conformance.CapMany, conformance.CapList, conformance.CapCheck, conformance.CapFail,
		},
	}
}
