// Package foldertest is for the tests of the providers that read a folder.
package foldertest

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/testing/conformance"
)

// Harness runs the conformance suite over p. at returns the path of the file for a
// name.
func Harness(p secretmux.Provider, at func(name string) string) *conformance.Harness {
	return &conformance.Harness{
		Provider:     p,
		Set:          func(t *testing.T, name string, value []byte) { Write(t, at(name), string(value)) },
		Delete:       func(t *testing.T, name string) { Must(t, os.Remove(at(name))) },
		Fail:         func(t *testing.T, name string, class error) { spoil(t, at(name), class) },
		Fails:        []error{secretmux.ErrInvalid, secretmux.ErrTooLarge},
		Capabilities: append(Capabilities(), conformance.CapFail),
	}
}

// Capabilities are the capabilities of every folder.
func Capabilities() []conformance.Capability {
	return []conformance.Capability{
		conformance.CapEmpty, conformance.CapBinary, conformance.CapLarge, conformance.CapUnicode, conformance.CapSymbols,
		conformance.CapLines, conformance.CapNested, conformance.CapMany, conformance.CapList, conformance.CapCheck,
	}
}

// spoil changes the file so that Get refuses it with class. The file keeps its value.
func spoil(t *testing.T, path string, class error) {
	t.Helper()
	value, err := os.ReadFile(path) //nolint:gosec // a file of the test
	Must(t, err)
	if errors.Is(class, secretmux.ErrTooLarge) {
		Write(t, path, string(value)+strings.Repeat("x", 1<<20))
		return
	}
	Must(t, os.Remove(path))
	Write(t, filepath.Join(path, "below"), string(value))
}

// Write puts a complete file in place, and makes its folders.
func Write(t *testing.T, path, content string) {
	t.Helper()
	Must(t, os.MkdirAll(filepath.Dir(path), 0o750))
	Must(t, os.WriteFile(path+".new", []byte(content), 0o600)) //nolint:gosec // a file of the test
	Must(t, os.Rename(path+".new", path))
}

// Link returns the address of a folder or a file, on any system.
func Link(scheme, path string) string {
	return (&secretmux.URI{Scheme: scheme, Path: filepath.ToSlash(path)}).String()
}

// Must ends the test on an error.
func Must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
