package file_test

import (
	"maps"
	"path/filepath"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/file"
	"github.com/secretmux/secretmux/providers/internal/foldertest"
	"github.com/secretmux/secretmux/testing/conformance"
)

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
	h := foldertest.Harness(open(t, dir), func(name string) string { return filepath.Join(dir, filepath.FromSlash(name)) })
	h.Reopen = conformance.ReopenWith(file.Backend())
	return h
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
		Reopen:       conformance.ReopenWith(file.Backend()),
		Capabilities: append(foldertest.Capabilities(), conformance.CapFail),
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
