package systemd_test

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/systemd"
	"github.com/secretmux/secretmux/testing/conformance"
)

func TestGet(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "db_password"), "hunter2\n")
	write(t, filepath.Join(dir, "key"), "\x00\n")
	p := open(t, systemd.Options{Lookup: folder(dir)})
	for name, value := range map[string]string{"db/password": "hunter2", "key": "\x00\n"} {
		s, err := p.Get(t.Context(), name)
		if err != nil || s.Reveal() != value || s.Source() != "systemd:" || s.Version() == "" {
			t.Errorf("%s is %q from %s, %v", name, s.Reveal(), s.Source(), err)
		}
	}
	var all []string
	for info, err := range p.List(t.Context(), "") {
		must(t, err)
		all = append(all, info.Name)
	}
	if want := []string{"db/password", "key"}; !slices.Equal(all, want) {
		t.Errorf("it lists %q, want %q", all, want)
	}
	if _, err := p.Get(t.Context(), "db_password"); !errors.Is(err, secretmux.ErrInvalid) || !strings.Contains(err.Error(), `"db/password"`) {
		t.Errorf("a second name of one credential: %v", err)
	}
	if _, err := p.Get(t.Context(), "absent"); !errors.Is(err, secretmux.ErrNotFound) {
		t.Errorf("no such credential: %v", err)
	}
}

// A unit that lost its credentials must not start with the values of a weaker link.
func TestWithoutCredentials(t *testing.T) {
	gone := filepath.Join(t.TempDir(), "canary-gone")
	for _, c := range []struct {
		what, dir string
		missing   error
		class     error
	}{
		{"unset", "", nil, secretmux.ErrInvalid},
		{"unset, and it must be there", "", secretmux.ErrUnavailable, secretmux.ErrInvalid},
		{"unset, and may be missing", "", secretmux.ErrNotFound, secretmux.ErrNotFound},
		{"relative", "canary/folder", nil, secretmux.ErrInvalid},
		{"relative, and may be missing", "canary/folder", secretmux.ErrNotFound, secretmux.ErrInvalid},
		{"gone", gone, nil, secretmux.ErrUnavailable},
		{"gone, and it must be there", gone, secretmux.ErrUnavailable, secretmux.ErrUnavailable},
		{"gone, and may be missing", gone, secretmux.ErrNotFound, secretmux.ErrNotFound},
	} {
		p := open(t, systemd.Options{Missing: c.missing, Lookup: folder(c.dir)})
		_, err := p.Get(t.Context(), "s")
		many, _ := p.GetMany(t.Context(), []string{"a", "b"})
		for _, err := range []error{err, many[0].Err, many[1].Err} {
			if !errors.Is(err, c.class) {
				t.Errorf("%s: %v, want %v", c.what, err, c.class)
			}
			if c.dir != gone {
				conformance.NoLeak(t, err, "canary")
				if c.dir == "" && !strings.Contains(err.Error(), "CREDENTIALS_DIRECTORY is unset") {
					t.Errorf("%s: %v does not say what is unset", c.what, err)
				}
			}
		}
		check, fails := p.Check(t.Context()), !errors.Is(c.class, secretmux.ErrNotFound)
		if (check != nil) != fails || fails && !errors.Is(check, c.class) {
			t.Errorf("%s: Check says %v", c.what, check)
		}
		for _, err := range p.List(t.Context(), "") {
			if !fails || !errors.Is(err, c.class) {
				t.Errorf("%s: List says %v", c.what, err)
			}
		}
	}
}

// The variable is read when a secret is read, and not when the provider is made.
func TestProcessEnvironment(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "s"), "x")
	t.Setenv("CREDENTIALS_DIRECTORY", "")
	store, err := secretmux.Open(t.Context(), "systemd:", systemd.Backend())
	must(t, err)
	defer func() { must(t, store.Close()) }()
	if _, err := store.Get(t.Context(), "s"); !errors.Is(err, secretmux.ErrInvalid) {
		t.Errorf("without the variable: %v", err)
	}
	t.Setenv("CREDENTIALS_DIRECTORY", dir)
	if s, err := store.Get(t.Context(), "s"); err != nil || s.Reveal() != "x" {
		t.Errorf("with the variable: %q, %v", s.Reveal(), err)
	}
}

// Credentials don't change while the unit runs, so no read is repeated; after a
// reload that brings new ones, Refresh does.
func TestKeptForTheLifeOfTheProcess(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "s"), "one")
	synctest.Test(t, func(t *testing.T) {
		store, err := secretmux.Open(t.Context(), "systemd:", systemd.Options{Lookup: folder(dir)}.Backend())
		must(t, err)
		defer func() { must(t, store.Close()) }()
		get := func(want string) {
			t.Helper()
			if s, err := store.Get(t.Context(), "s"); err != nil || s.Reveal() != want {
				t.Errorf("it is %q, %v, want %q", s.Reveal(), err, want)
			}
		}
		get("one")
		write(t, filepath.Join(dir, "s"), "two")
		for range 12 {
			time.Sleep(30 * 24 * time.Hour)
			get("one")
		}
		must(t, store.Refresh(t.Context(), "s"))
		get("two")
	})
}

func TestOpen(t *testing.T) {
	for _, link := range []string{"systemd:", "systemd:?prefix=shop_", "systemd:?missing=absent&prefix=a&trim=none", "systemd:?missing=unavailable"} {
		u, err := secretmux.ParseURI(link)
		must(t, err)
		p, err := systemd.Backend()[u.Scheme](t.Context(), u)
		must(t, err)
		if got := p.(*systemd.Provider).String(); got != link {
			t.Errorf("%s opens as %s", link, got)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	for link, part := range map[string]string{
		"systemd:canary": "takes no path", "systemd://canary": "takes no path", "systemd:///run/canary": "takes no path",
		"systemd:?prefix=can%2Fary": "prefix", "systemd:?prefix=..canary": "prefix", "systemd:?missing=canary": "absent, unavailable",
		"systemd:?trim=canary": "newline, none", "systemd:?canary=1": "known are",
	} {
		u, err := secretmux.ParseURI(link)
		must(t, err)
		p, err := systemd.Backend()[u.Scheme](t.Context(), u)
		if p != nil || !errors.Is(secretmux.ClassOf(err), secretmux.ErrInvalid) || !strings.Contains(err.Error(), part) {
			t.Errorf("%s: %v, want %q in it", link, err, part)
		}
		conformance.NoLeak(t, err, "canary")
	}
	if _, err := systemd.New(systemd.Options{Missing: secretmux.ErrDenied}); !errors.Is(err, secretmux.ErrInvalid) {
		t.Errorf("Missing: ErrDenied: %v", err)
	}
}
