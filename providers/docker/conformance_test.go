package docker_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/secretmux/secretmux/providers/docker"
	"github.com/secretmux/secretmux/providers/internal/foldertest"
	"github.com/secretmux/secretmux/testing/conformance"
)

func TestConformance(t *testing.T) {
	for _, prefix := range []string{"", "shop_"} {
		t.Run("prefix "+prefix, func(t *testing.T) {
			conformance.Run(t, func(t *testing.T) *conformance.Harness {
				dir := t.TempDir()
				h := foldertest.Harness(open(t, docker.Options{Dir: dir, Prefix: prefix}), func(name string) string {
					return filepath.Join(dir, prefix+strings.ReplaceAll(name, "/", "_"))
				})
				h.Reopen = conformance.ReopenWith(docker.Backend())
				return h
			})
		})
	}
}
