package file_test

import (
	"bytes"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/testing/conformance"
)

func capabilities() []conformance.Capability {
	return []conformance.Capability{
		conformance.CapEmpty, conformance.CapBinary, conformance.CapLarge, conformance.CapUnicode, conformance.CapSymbols,
		conformance.CapLines, conformance.CapNested, conformance.CapMany, conformance.CapList, conformance.CapCheck, conformance.CapFail,
	}
}

func TestConformance(t *testing.T) {
	t.Run("plain folder", func(t *testing.T) { conformance.Run(t, plainFolder) })
	t.Run("kubernetes volume", func(t *testing.T) { conformance.Run(t, kubernetesVolume) })
	t.Run("through a chain", func(t *testing.T) {
		empty := open(t, t.TempDir())
		conformance.RunThrough(t, plainFolder, func(p secretmux.Provider) secretmux.Provider {
			return chainOf(empty, p)
		})
	})
}

func plainFolder(t *testing.T) *conformance.Harness {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, filepath.FromSlash(name)) }
	return &conformance.Harness{
		Provider:     open(t, dir),
		Set:          func(t *testing.T, name string, value []byte) { write(t, at(name), string(value)) },
		Delete:       func(t *testing.T, name string) { must(t, os.Remove(at(name))) },
		Fail:         func(t *testing.T, name string, class error) { spoil(t, at(name), class) },
		Fails:        []error{secretmux.ErrInvalid, secretmux.ErrTooLarge},
		Capabilities: capabilities(),
	}
}

// spoil makes the file one that Get refuses with class, the value still in it.
func spoil(t *testing.T, path string, class error) {
	t.Helper()
	value, err := os.ReadFile(path)
	must(t, err)
	if errors.Is(class, secretmux.ErrTooLarge) {
		write(t, path, string(append(value, bytes.Repeat([]byte("x"), 1<<20)...)))
		return
	}
	must(t, os.Remove(path))
	write(t, filepath.Join(path, "below"), string(value))
}

func kubernetesVolume(t *testing.T) *conformance.Harness {
	content := map[string]string{}
	v := newVolume(t, content)
	return &conformance.Harness{
		Provider: open(t, v.dir),
		Set: func(t *testing.T, name string, value []byte) {
			content[name] = string(value)
			v.swap(t, content)
			v.link(t, content)
		},
		Delete: func(t *testing.T, name string) {
			delete(content, name)
			v.swap(t, content)
		},
		Fail: func(t *testing.T, name string, _ error) {
			without := maps.Clone(content)
			delete(without, name)
			without[name+"/below"] = content[name]
			v.swap(t, without)
		},
		Fails:        []error{secretmux.ErrInvalid},
		Capabilities: capabilities(),
	}
}

// chainOf is for links that are known to be good.
func chainOf(p ...secretmux.Provider) secretmux.Provider {
	c, err := secretmux.NewChain(p...)
	if err != nil {
		panic(err)
	}
	return c
}
