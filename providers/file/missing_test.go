package file_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/dotenv"
	"github.com/secretmux/secretmux/providers/file"
	"github.com/secretmux/secretmux/providers/internal/foldertest"
)

// lose takes away the container of the secret "password", which is below dir.
type lose func(t *testing.T, dir string)

// losses are the ways to lose a folder that need no privilege. The others are in
// unmount_linux_test.go.
func losses() map[string]lose {
	return map[string]lose{
		"renamed":            func(t *testing.T, dir string) { must(t, os.Rename(dir, dir+".old")) },
		"removed":            func(t *testing.T, dir string) { must(t, os.RemoveAll(dir)) },
		"its parent renamed": func(t *testing.T, dir string) { must(t, os.Rename(filepath.Dir(dir), filepath.Dir(dir)+".old")) },
		"made anew, empty": func(t *testing.T, dir string) {
			must(t, os.Rename(dir, dir+".old"))
			must(t, os.MkdirAll(filepath.Join(dir, "..hidden"), 0o755))
		},
		"now a link to nothing": func(t *testing.T, dir string) {
			must(t, os.Rename(dir, dir+".old"))
			must(t, os.Symlink(dir+".gone", dir))
		},
	}
}

// A lost container does not prove absence, so the chain stops.
func TestLostFolderStopsTheChain(t *testing.T) {
	for what, lose := range losses() {
		t.Run(what, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "mnt", "secrets")
			write(t, filepath.Join(dir, "password"), "strong")
			lostUnderStore(t, dir, func(t *testing.T) { lose(t, dir) })
		})
	}
}

func TestLostDataStopsTheChain(t *testing.T) {
	for what, lose := range map[string]func(t *testing.T, v *volume){
		"..data is gone":           func(t *testing.T, v *volume) { must(t, os.Remove(filepath.Join(v.dir, "..data"))) },
		"all of the volume":        func(t *testing.T, v *volume) { empty(t, v.dir) },
		"..data leads to nothing":  func(t *testing.T, v *volume) { v.dropGeneration(t) },
		"..data leads nowhere now": func(t *testing.T, v *volume) { relink(t, "..gone", filepath.Join(v.dir, "..data")) },
	} {
		t.Run(what, func(t *testing.T) {
			v := newVolume(t, map[string]string{"password": "strong"})
			lostUnderStore(t, v.dir, func(t *testing.T) { lose(t, v) })
		})
	}
}

// lostUnderStore opens file:dir in front of a .env with an older password, watches
// the secret, and takes the folder away. The test fails unless the store reports only
// an outage: no rotation, the last value until stale= ends, and then an error.
func lostUnderStore(t *testing.T, dir string, lose func(t *testing.T)) {
	t.Helper()
	fallback := filepath.Join(t.TempDir(), ".env")
	write(t, fallback, "PASSWORD=last-years-value\n")
	synctest.Test(t, func(t *testing.T) {
		store, err := secretmux.Open(t.Context(), foldertest.Link("file", dir)+"?stale=1h,"+foldertest.Link("dotenv", fallback), file.Backend(), dotenv.Backend())
		must(t, err)
		defer func() { must(t, store.Close()) }()
		told := 0
		stop, err := store.OnRotate("password", func(context.Context, secretmux.Rotation) error {
			told++
			return nil
		})
		must(t, err)
		defer stop()
		want(t, store, "password", "strong")

		lose(t)
		for range 10 {
			time.Sleep(2 * time.Second)
			synctest.Wait()
			want(t, store, "password", "strong")
		}
		if err := store.Check(t.Context()); !errors.Is(err, secretmux.ErrUnavailable) {
			t.Errorf("Check says %v", err)
		}
		time.Sleep(2 * time.Hour)
		if s, err := store.Get(t.Context(), "password"); !errors.Is(err, secretmux.ErrUnavailable) {
			t.Errorf("after stale=: %q, %v", s.Reveal(), err)
		}
		if told != 0 {
			t.Errorf("%d rotations were told", told)
		}
	})
}

// dropGeneration removes the folder that ..data leads to, and leaves the link.
func (v *volume) dropGeneration(t *testing.T) {
	t.Helper()
	target, err := os.Readlink(filepath.Join(v.dir, "..data"))
	must(t, err)
	must(t, os.RemoveAll(filepath.Join(v.dir, target)))
}

func relink(t *testing.T, target, path string) {
	t.Helper()
	must(t, os.Remove(path))
	must(t, os.Symlink(target, path))
}

// empty leaves an empty folder, like an unmount.
func empty(t *testing.T, dir string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	must(t, err)
	for _, entry := range entries {
		must(t, os.RemoveAll(filepath.Join(dir, entry.Name())))
	}
}

// A name that a healthy folder lacks is absent, whatever the folder was before.
func TestAbsentFromAFolderThatIsThere(t *testing.T) {
	absentFrom := func(p *file.Provider, name string) {
		t.Helper()
		if _, err := p.Get(t.Context(), name); !errors.Is(err, secretmux.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	dir := t.TempDir()
	plain := open(t, dir)
	absentFrom(plain, "never")
	write(t, filepath.Join(dir, "s"), "x")
	want(t, plain, "s", "x")
	must(t, os.Remove(filepath.Join(dir, "s")))
	absentFrom(plain, "s")

	v := newVolume(t, map[string]string{"a": "1", "b": "2"})
	p := open(t, v.dir)
	want(t, p, "b", "2")
	v.swap(t, map[string]string{"a": "1"})
	absentFrom(p, "b") // its link stays, as the kubelet removes it later
	must(t, os.Remove(filepath.Join(v.dir, "b")))
	absentFrom(p, "b")
	want(t, p, "a", "1")
}

// The results of a batch do not depend on the order of its names.
func TestLostInABatch(t *testing.T) {
	v := newVolume(t, map[string]string{"a": "1", "b": "2"})
	for _, names := range [][]string{{"plain", "a", "b"}, {"b", "a", "plain"}} {
		p := open(t, v.dir)
		want(t, p, "a", "1")
		empty(t, v.dir)
		write(t, filepath.Join(v.dir, "plain"), "left over")
		results, err := p.GetMany(t.Context(), names)
		must(t, err)
		for _, r := range results {
			if r.Name == "plain" && r.Err != nil || r.Name != "plain" && !errors.Is(r.Err, secretmux.ErrUnavailable) {
				t.Errorf("%s of %q: %v", r.Name, names, r.Err)
			}
		}
		empty(t, v.dir)
		v.swap(t, map[string]string{"a": "1", "b": "2"})
		v.link(t, map[string]string{"a": "1", "b": "2"})
	}
}

// A volume that was broken before the first read is not empty either.
func TestVolumeThatNeverWorked(t *testing.T) {
	dir := t.TempDir()
	must(t, os.Symlink("..data/password", filepath.Join(dir, "password")))
	p := open(t, dir)
	if _, err := p.Get(t.Context(), "password"); !errors.Is(err, secretmux.ErrUnavailable) {
		t.Errorf("without ..data: %v", err)
	}
	must(t, os.Symlink("..2026_gone", filepath.Join(dir, "..data")))
	if _, err := p.Get(t.Context(), "password"); !errors.Is(err, secretmux.ErrUnavailable) {
		t.Errorf("with a broken ..data: %v", err)
	}
}

func TestMissing(t *testing.T) {
	gone := filepath.Join(t.TempDir(), "secretz", "app")
	for config, class := range map[string]error{
		foldertest.Link("file", gone):                            secretmux.ErrUnavailable,
		foldertest.Link("file", gone) + "?missing=unavailable":   secretmux.ErrUnavailable,
		foldertest.Link("file", gone) + "?missing=absent":        secretmux.ErrNotFound,
		foldertest.Link("file", gone) + "?missing=absent&ttl=1m": secretmux.ErrNotFound,
	} {
		store, err := secretmux.Open(t.Context(), config, file.Backend())
		must(t, err)
		_, err = store.Get(t.Context(), "s")
		check := store.Check(t.Context())
		must(t, store.Close())
		if !errors.Is(err, class) {
			t.Errorf("%s: Get says %v", config, err)
		}
		// A user who typed the wrong folder sees the folder, and which part of it
		// does not exist.
		for _, part := range []string{gone, `"secretz"`, filepath.Dir(filepath.Dir(gone))} {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%v does not name %s", err, part)
			}
		}
		if fails := !errors.Is(class, secretmux.ErrNotFound); (check != nil) != fails || fails && !strings.Contains(check.Error(), gone) {
			t.Errorf("%s: Check says %v", config, check)
		}
	}
}

// A folder that may be missing may also be lost.
func TestMissingAbsentGoesOn(t *testing.T) {
	v := newVolume(t, map[string]string{"password": "x"})
	p, err := file.New(file.Options{Dir: v.dir, Missing: secretmux.ErrNotFound})
	must(t, err)
	want(t, p, "password", "x")
	must(t, p.Check(t.Context()))
	empty(t, v.dir)
	for range 2 {
		if _, err := p.Get(t.Context(), "password"); !errors.Is(err, secretmux.ErrNotFound) {
			t.Error(err)
		}
		must(t, p.Check(t.Context()))
		if got := names(t, p, ""); len(got) != 0 {
			t.Errorf("it lists %q", got)
		}
		must(t, os.RemoveAll(v.dir))
	}
}

// A list of a lost folder would look like an empty folder.
func TestListOfALostFolder(t *testing.T) {
	if err := listError(t.Context(), open(t, filepath.Join(t.TempDir(), "gone"))); !errors.Is(err, secretmux.ErrUnavailable) {
		t.Errorf("a folder that does not exist: %v", err)
	}
	v := newVolume(t, map[string]string{"password": "x"})
	p := open(t, v.dir)
	want(t, p, "password", "x")
	empty(t, v.dir)
	if err := listError(t.Context(), p); !errors.Is(err, secretmux.ErrUnavailable) {
		t.Errorf("a volume that is gone: %v", err)
	}
	if err := p.Check(t.Context()); !errors.Is(err, secretmux.ErrUnavailable) {
		t.Errorf("Check says %v", err)
	}
}

func TestMissingRefuses(t *testing.T) {
	const canary = "perhaps"
	store, err := secretmux.Open(t.Context(), "file:///x?missing="+canary, file.Backend())
	if !errors.Is(err, secretmux.ErrInvalid) || store != nil || strings.Contains(err.Error(), canary) {
		t.Errorf("missing=%s: %v", canary, err)
	}
	for _, word := range []string{"absent", "unavailable"} {
		if !strings.Contains(err.Error(), word) {
			t.Errorf("%v does not list %s", err, word)
		}
	}
	if _, err := file.New(file.Options{Dir: "x", Missing: secretmux.ErrDenied}); !errors.Is(err, secretmux.ErrInvalid) {
		t.Errorf("Missing: ErrDenied: %v", err)
	}
}

// Beside document=, missing= is about the document: the folder itself must exist.
func TestMissingDocument(t *testing.T) {
	dir := t.TempDir()
	for _, c := range []struct {
		dir  string
		want error
	}{{dir, secretmux.ErrNotFound}, {dir + ".gone", secretmux.ErrUnavailable}} {
		store, err := secretmux.Open(t.Context(), foldertest.Link("file", c.dir)+"?document=app&missing=absent", file.Backend())
		must(t, err)
		if _, err := store.Get(t.Context(), "password"); !errors.Is(err, c.want) {
			t.Errorf("%s: %v, want %v", c.dir, err, c.want)
		}
		must(t, store.Close())
	}
}
