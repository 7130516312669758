package systemd_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/secretmux/secretmux/providers/internal/foldertest"
	"github.com/secretmux/secretmux/providers/systemd"
	"github.com/secretmux/secretmux/testing/conformance"
)

func TestConformance(t *testing.T) {
	conformance.Run(t, func(t *testing.T) *conformance.Harness {
		dir := t.TempDir()
		h := foldertest.Harness(open(t, systemd.Options{Prefix: "shop_", Lookup: folder(dir)}), func(name string) string {
			return filepath.Join(dir, "shop_"+strings.ReplaceAll(name, "/", "_"))
		})
		h.Reopen = conformance.ReopenWith(systemd.Options{Lookup: folder(dir)}.Backend())
		h.Down = func(t *testing.T) { must(t, os.RemoveAll(dir)) }
		h.Capabilities = append(h.Capabilities, conformance.CapDown)
		return h
	})
}

func open(t *testing.T, opts systemd.Options) *systemd.Provider {
	t.Helper()
	p, err := systemd.New(opts)
	must(t, err)
	return p
}

// folder returns an environment in which systemd has passed the credentials in dir.
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
	foldertest.Write(t, path, content)
}

func must(t *testing.T, err error) {
	t.Helper()
	foldertest.Must(t, err)
}
