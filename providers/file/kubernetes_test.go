package file_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// volume updates a folder like Kubernetes: it makes a new directory and a new link to
// it, renames the link onto ..data, and removes the old directory.
type volume struct {
	dir        string
	generation int
}

func newVolume(t *testing.T, content map[string]string) *volume {
	t.Helper()
	v := &volume{dir: t.TempDir()}
	v.swap(t, content)
	v.link(t, content)
	return v
}

// link makes the visible entries that are missing.
func (v *volume) link(t *testing.T, content map[string]string) {
	t.Helper()
	for name := range content {
		first, _, _ := strings.Cut(name, "/")
		path := filepath.Join(v.dir, first)
		if _, err := os.Lstat(path); err != nil {
			must(t, os.Symlink("..data/"+first, path))
		}
	}
}

func (v *volume) swap(t *testing.T, content map[string]string) {
	t.Helper()
	must(t, v.trySwap(content))
}

func (v *volume) trySwap(content map[string]string) error {
	old := fmt.Sprintf("..2026_11_21_%d", v.generation)
	v.generation++
	now := fmt.Sprintf("..2026_11_21_%d", v.generation)
	if err := os.Mkdir(filepath.Join(v.dir, now), 0o755); err != nil {
		return err
	}
	for name, value := range content {
		path := filepath.Join(v.dir, now, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(value), 0o600); err != nil {
			return err
		}
	}
	if err := os.Symlink(now, filepath.Join(v.dir, "..data_tmp")); err != nil {
		return err
	}
	if err := os.Rename(filepath.Join(v.dir, "..data_tmp"), filepath.Join(v.dir, "..data")); err != nil {
		return err
	}
	return os.RemoveAll(filepath.Join(v.dir, old))
}

func TestKubernetesSwaps(t *testing.T) {
	v := newVolume(t, map[string]string{"password": "zero", "db/user": "u0"})
	p := open(t, v.dir)
	versions := map[string]bool{want(t, p, "password", "zero").Version(): true}
	for i, value := range []string{"one", "two", "three"} {
		user := fmt.Sprintf("u%d", i+1)
		v.swap(t, map[string]string{"password": value, "db/user": user})
		versions[want(t, p, "password", value).Version()] = true
		want(t, p, "db/user", user)
	}
	if len(versions) != 4 {
		t.Errorf("4 values have %d versions", len(versions))
	}
	before := want(t, p, "password", "three")
	v.swap(t, map[string]string{"password": "three", "db/user": "u3"})
	if after := want(t, p, "password", "three"); after.Version() != before.Version() {
		t.Error("an equal rewrite changed the version")
	}
}

// The visible entry decides, and not the file with the same name below ..data.
func TestPlainFileBesideAVolume(t *testing.T) {
	v := newVolume(t, map[string]string{"password": "volume", "shadowed": "volume"})
	must(t, os.Remove(filepath.Join(v.dir, "shadowed")))
	write(t, filepath.Join(v.dir, "shadowed"), "plain")
	write(t, filepath.Join(v.dir, "extra"), "plain")
	must(t, os.Symlink("..data/password", filepath.Join(v.dir, "other")))
	p := open(t, v.dir)
	for name, value := range map[string]string{"password": "volume", "shadowed": "plain", "extra": "plain", "other": "volume"} {
		want(t, p, name, value)
	}
}

func TestDataLinkOutOfTheFolder(t *testing.T) {
	above := t.TempDir()
	write(t, filepath.Join(above, "s"), canary)
	for _, target := range []string{"..", above, "../" + filepath.Base(above), "."} {
		dir := filepath.Join(above, "dir")
		must(t, os.Mkdir(dir, 0o755))
		must(t, os.Symlink(target, filepath.Join(dir, "..data")))
		must(t, os.Symlink("..data/s", filepath.Join(dir, "s")))
		if s, err := open(t, dir).Get(t.Context(), "s"); err == nil {
			t.Errorf("..data to %s: got %d bytes from outside", target, len(s.Reveal()))
		}
		must(t, os.RemoveAll(dir))
	}
}
