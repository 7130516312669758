package dotenv_test

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
	"github.com/secretmux/secretmux/testing/memory"
)

func TestMissing(t *testing.T) {
	for _, tt := range []struct {
		missing       error
		before, after error // before the file existed
		checks        error // before
	}{
		{nil, secretmux.ErrNotFound, secretmux.ErrUnavailable, nil},
		{secretmux.ErrNotFound, secretmux.ErrNotFound, secretmux.ErrNotFound, nil},
		{secretmux.ErrUnavailable, secretmux.ErrUnavailable, secretmux.ErrUnavailable, secretmux.ErrUnavailable},
	} {
		path := filepath.Join(t.TempDir(), ".env")
		p := open(t, path, dotenv.Options{Missing: tt.missing})
		err := wantClass(t, p, "a", tt.before)
		// A user who mistyped the name sees which file does not exist, and where.
		for _, part := range []string{"the file does not exist", `".env"`, filepath.Dir(path)} {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%v does not say %s", err, part)
			}
		}
		if got := secretmux.ClassOf(p.Check(t.Context())); got != tt.checks {
			t.Errorf("%v: Check before the file existed: %v", tt.missing, got)
		}
		rewrite(t, path, "A=1")
		wantValue(t, p, "a", "1")
		if err := os.Remove(path); err != nil {
			t.Fatal(err)
		}
		wantClass(t, p, "a", tt.after)
		want := tt.after
		if errors.Is(want, secretmux.ErrNotFound) {
			want = nil
		}
		if got := secretmux.ClassOf(p.Check(t.Context())); got != want {
			t.Errorf("%v: Check after the file existed: %v", tt.missing, got)
		}
		for _, err := range p.List(t.Context(), "") {
			if got := secretmux.ClassOf(err); got != want {
				t.Errorf("%v: List after the file existed: %v", tt.missing, err)
			}
		}
	}
}

// A file that is broken, or that may not be read, exists.
func TestSeenWithoutAValue(t *testing.T) {
	path := write(t, "A=1\nB")
	p := open(t, path, dotenv.Options{})
	wantClass(t, p, "a", secretmux.ErrInvalid)
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	wantClass(t, p, "a", secretmux.ErrUnavailable)
}

// The mount with the .env goes away: the chain stops, the last value is served stale,
// and no rotation is told.
func TestLostFileStopsTheChain(t *testing.T) {
	for what, lose := range map[string]func(path string) error{
		"file removed":   os.Remove,
		"folder removed": func(path string) error { return os.RemoveAll(filepath.Dir(path)) },
		"folder renamed": func(path string) error { return os.Rename(filepath.Dir(path), filepath.Dir(path)+".old") },
		"link to nothing": func(path string) error {
			if err := os.Rename(path, path+".old"); err != nil {
				return err
			}
			return os.Symlink(path+".gone", path)
		},
	} {
		t.Run(what, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "mnt", ".env")
			if err := os.Mkdir(filepath.Dir(path), 0o755); err != nil {
				t.Fatal(err)
			}
			rewrite(t, path, "PASSWORD=strong")
			synctest.Test(t, func(t *testing.T) {
				weak := memory.New(map[string]string{"password": "last-years-value"})
				store, err := secretmux.Open(t.Context(), link(path)+"?stale=1h,memory:", dotenv.Backend(), weak.Backend())
				if err != nil {
					t.Fatal(err)
				}
				defer func() { _ = store.Close() }()
				stop, err := store.OnRotate("password", func(context.Context, secretmux.Rotation) error {
					t.Error("a rotation was told")
					return nil
				})
				if err != nil {
					t.Fatal(err)
				}
				defer stop()
				wantValue(t, store, "password", "strong")
				if err := lose(path); err != nil {
					t.Fatal(err)
				}
				for range 5 {
					time.Sleep(2 * time.Second)
					synctest.Wait()
					wantValue(t, store, "password", "strong")
				}
				time.Sleep(2 * time.Hour)
				wantClass(t, store, "password", secretmux.ErrUnavailable)
			})
		})
	}
}

func TestMissingRefuses(t *testing.T) {
	_, err := openURI(t, dotenv.Backend(), "dotenv:.env?missing="+canary)
	if secretmux.ClassOf(err) != secretmux.ErrInvalid || !strings.Contains(err.Error(), "absent, unavailable") {
		t.Errorf("missing= with another word: %v", err)
	}
	wantNoCanary(t, err)
}
