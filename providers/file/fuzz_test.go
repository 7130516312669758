package file_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/secretmux/secretmux/providers/file"
)

// No name reads a file outside the folder, or a file of the mount itself.
func FuzzName(f *testing.F) {
	above := f.TempDir()
	dir := filepath.Join(above, "dir")
	for path, content := range map[string]string{"outside": canary, "dir/..data/hidden": canary, "dir/a/b": "x"} {
		path = filepath.Join(above, path)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			f.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			f.Fatal(err)
		}
	}
	if err := os.Symlink("..", filepath.Join(dir, "up")); err != nil {
		f.Fatal(err)
	}
	p, err := file.New(file.Options{Dir: dir})
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, name string) {
		s, err := p.Get(t.Context(), name)
		if strings.Contains(s.Reveal(), canary) {
			t.Errorf("%q leads out", name)
		}
		if (err == nil) == s.IsZero() {
			t.Errorf("a secret and %v", err)
		}
	})
}
