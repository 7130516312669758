package folder

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"
)

// Docker on Windows has links beside each other that lead to the files of another
// folder below the same parent.
func TestAbove(t *testing.T) {
	root := t.TempDir()
	parent := filepath.Join(root, "Docker")
	dir, inside := filepath.Join(parent, "secrets"), filepath.Join(parent, "internal", "secrets")
	for _, path := range []string{dir, inside} {
		must(t, os.MkdirAll(path, 0o755))
	}
	must(t, os.WriteFile(filepath.Join(inside, "abc"), []byte("hunter2\n"), 0o600))
	must(t, os.WriteFile(filepath.Join(root, "outside"), []byte("canary"), 0o600))
	must(t, os.WriteFile(filepath.Join(dir, "plain"), []byte("plain"), 0o600))
	for name, target := range map[string]string{
		"absolute": filepath.Join(inside, "abc"), "relative": filepath.Join("..", "internal", "secrets", "abc"), "gone": filepath.Join(inside, "gone"),
		"out": filepath.Join(root, "outside"), "relative-out": filepath.Join("..", "..", "outside"), "folder": inside,
	} {
		must(t, os.Symlink(target, filepath.Join(dir, name)))
	}
	f := &Folder{Dir: At(dir), Above: true}
	paths := []string{"absolute", "relative", "plain", "gone", "out", "relative-out", "folder", "folder/abc", "absent"}
	want := []string{"hunter2", "hunter2", "plain", "", "", "", "", "hunter2", ""}
	for i, a := range f.Read(t.Context(), paths) {
		if string(a.Value) != want[i] || (a.Err == nil) != (want[i] != "") {
			t.Errorf("%s is %q, %v, want %q", paths[i], a.Value, a.Err, want[i])
		}
		if absence := paths[i] == "gone" || paths[i] == "absent"; absence != absent(a.Err) {
			t.Errorf("%s: %v", paths[i], a.Err)
		}
	}
	names, err := f.Names(t.Context(), "")
	if want := []string{"absolute", "folder/abc", "plain", "relative"}; err != nil || !slices.Equal(names, want) {
		t.Errorf("it lists %q, %v, want %q", names, err, want)
	}
	must(t, f.Check(t.Context()))
	must(t, os.Rename(dir, dir+".old"))
	if a := f.Read(t.Context(), paths[:1])[0]; !errors.Is(a.Err, os.ErrNotExist) {
		t.Errorf("a folder that is gone: %v", a.Err)
	}
	// Elsewhere nothing outside of the folder is read.
	must(t, os.Rename(dir+".old", dir))
	for _, a := range (&Folder{Dir: At(dir)}).Read(t.Context(), []string{"absolute", "relative"}) {
		if a.Err == nil || absent(a.Err) {
			t.Errorf("outside of the folder: %q, %v", a.Value, a.Err)
		}
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}
