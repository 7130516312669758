package dotenv_test

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/dotenv"
)

// write makes a .env file with mode 0600 in a folder of its own.
func write(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), ".env")
	rewrite(t, path, content)
	return path
}

func rewrite(t *testing.T, path, content string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func open(t *testing.T, path string, o dotenv.Options) *dotenv.Provider {
	t.Helper()
	o.Path = path
	p, err := dotenv.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// link is the address of the file at path, on any system.
func link(path string) string {
	return (&secretmux.URI{Scheme: "dotenv", Path: filepath.ToSlash(path)}).String()
}

func wantValue(t *testing.T, p secretmux.Provider, name, want string) secretmux.Secret {
	t.Helper()
	s, err := p.Get(t.Context(), name)
	if err != nil {
		t.Fatalf("Get(%q): %v", name, err)
	}
	if got := s.Reveal(); got != want {
		t.Fatalf("Get(%q) = %q, want %q", name, got, want)
	}
	return s
}

func wantClass(t *testing.T, p secretmux.Provider, name string, want error) error {
	t.Helper()
	s, err := p.Get(t.Context(), name)
	if got := secretmux.ClassOf(err); err == nil || got != want {
		t.Fatalf("Get(%q): class %v, want %v: %v", name, got, want, err)
	}
	if !s.IsZero() {
		t.Errorf("Get(%q) failed and returned a secret", name)
	}
	return err
}

func TestGet(t *testing.T) {
	path := write(t, "APP_DB_PASSWORD=pa$WORD1x\nDB_PASSWORD=other\nAPP_EMPTY=\napp_lower=1\n")
	p := open(t, path, dotenv.Options{Prefix: "APP_"})
	s := wantValue(t, p, "db/password", "pa$WORD1x")
	if s.Source() != link(path)+"?prefix=APP_" || s.Version() != secretmux.ContentVersion(s.Bytes()) {
		t.Errorf("source %q, version %q", s.Source(), s.Version())
	}
	for _, name := range []string{"empty", "absent", "lower"} {
		wantClass(t, p, name, secretmux.ErrNotFound)
	}
	for _, name := range []string{"", "a\x00b", "../x", "a#b"} {
		wantClass(t, p, name, secretmux.ErrInvalid)
	}
	p = open(t, path, dotenv.Options{Prefix: "APP_", KeepEmpty: true})
	wantValue(t, p, "empty", "")
}

func TestTheProcessEnvironmentStaysOut(t *testing.T) {
	t.Setenv("DOTENV_TEST_A", "process")
	before := os.Environ()
	p := open(t, write(t, "DOTENV_TEST_B=file\n"), dotenv.Options{Dialect: dotenv.Godotenv})
	wantClass(t, p, "dotenv_test_a", secretmux.ErrNotFound)
	wantValue(t, p, "dotenv_test_b", "file")
	if !slices.Equal(os.Environ(), before) {
		t.Error("the environment of the process changed")
	}
}

func TestGetSeesChanges(t *testing.T) {
	path := write(t, "A=1")
	p := open(t, path, dotenv.Options{})
	one := wantValue(t, p, "a", "1")
	rewrite(t, path, "A=2")
	if two := wantValue(t, p, "a", "2"); one.Version() == two.Version() {
		t.Error("two values with one version")
	}
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
	wantClass(t, p, "a", secretmux.ErrUnavailable)
}

func TestTwoNamesForOneKey(t *testing.T) {
	path := write(t, "DB_PASSWORD=1\n")
	p := open(t, path, dotenv.Options{})
	wantClass(t, p, "late-one", secretmux.ErrNotFound)
	wantValue(t, p, "db/password", "1")
	err := wantClass(t, p, "db-password", secretmux.ErrInvalid)
	for _, part := range []string{"DB_PASSWORD", "db/password", "db-password"} {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("the error does not name %s: %v", part, err)
		}
	}
	wantValue(t, p, "db/password", "1")
	rewrite(t, path, "LATE_ONE=x")
	wantValue(t, p, "late.one", "x")
}

// An odd name that was asked for first does not block a plain one.
func TestOddNamesGiveWay(t *testing.T) {
	p := open(t, write(t, "DB_PASSWORD=1\n"), dotenv.Options{})
	wantValue(t, p, "db\u200bpassword", "1")
	wantValue(t, p, "db/password", "1")
	err := wantClass(t, p, "db\u200bpassword", secretmux.ErrInvalid)
	if strings.Contains(err.Error(), "\u200b") || !strings.Contains(err.Error(), `"db/password"`) {
		t.Errorf("an invisible character in %q", err)
	}
	wantValue(t, p, "db/password", "1")
}

// Docker makes a folder if the source of a mount is missing.
func TestFolderInPlaceOfTheFile(t *testing.T) {
	err := wantClass(t, open(t, t.TempDir(), dotenv.Options{}), "a", secretmux.ErrInvalid)
	if !strings.Contains(err.Error(), "source of a mount is missing") {
		t.Errorf("%v does not say where a folder comes from", err)
	}
}

func TestGetMany(t *testing.T) {
	p := open(t, write(t, "A=1\nB_C=2\n"), dotenv.Options{})
	results, err := p.GetMany(t.Context(), []string{"a", "b/c", "b-c", "absent", "no//name"})
	if err != nil || len(results) != 5 {
		t.Fatalf("%d results, %v", len(results), err)
	}
	classes := []error{nil, nil, secretmux.ErrInvalid, secretmux.ErrNotFound, secretmux.ErrInvalid}
	for i, r := range results {
		if got := secretmux.ClassOf(r.Err); got != classes[i] {
			t.Errorf("%q: %v, want %v", r.Name, r.Err, classes[i])
		}
	}
	if results[0].Secret.Reveal() != "1" || results[1].Secret.Reveal() != "2" {
		t.Error("wrong values")
	}
}

// An error of the file is the error of each name, and has that name.
func TestGetManyWithoutAFile(t *testing.T) {
	p := open(t, filepath.Join(t.TempDir(), ".env"), dotenv.Options{})
	results, err := p.GetMany(t.Context(), []string{"a", "b"})
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range results {
		var e *secretmux.Error
		if !errors.As(r.Err, &e) || !errors.Is(e.Class, secretmux.ErrNotFound) || e.Name != r.Name {
			t.Errorf("%q: %v", r.Name, r.Err)
		}
	}
}

func TestCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	p := open(t, write(t, "A=1"), dotenv.Options{})
	_, err := p.Get(ctx, "a")
	if !errors.Is(err, context.Canceled) || secretmux.ClassOf(err) != nil {
		t.Errorf("Get: %v", err)
	}
	if err := p.Check(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("Check: %v", err)
	}
}

func TestList(t *testing.T) {
	path := write(t, "APP_DB_PASSWORD=1\nAPP_EMPTY=\nOTHER=1\nAPP_lower=1\nAPP_a.b=1\n")
	tests := []struct {
		opts   dotenv.Options
		prefix string
		want   []string
	}{
		{dotenv.Options{Prefix: "APP_"}, "", []string{"db_password"}},
		{dotenv.Options{Prefix: "APP_"}, "db/", []string{"db/password"}},
		{dotenv.Options{Prefix: "APP_", KeepEmpty: true}, "", []string{"db_password", "empty"}},
		{dotenv.Options{Dialect: dotenv.Godotenv}, "o", []string{"other"}},
		{dotenv.Options{}, "x", nil},
	}
	for _, tt := range tests {
		if got := list(t, open(t, path, tt.opts), tt.prefix); !slices.Equal(got, tt.want) {
			t.Errorf("List(%q) = %q, want %q", tt.prefix, got, tt.want)
		}
	}
	if got := list(t, open(t, path+".absent", dotenv.Options{}), ""); len(got) != 0 {
		t.Errorf("an absent file lists %q", got)
	}
	for _, err := range open(t, filepath.Dir(path), dotenv.Options{}).List(t.Context(), "") {
		if !errors.Is(err, secretmux.ErrInvalid) {
			t.Errorf("a folder lists %v", err)
		}
	}
}

// Get accepts each listed name, even if the key was asked for by another name before.
func TestListAfterGet(t *testing.T) {
	p := open(t, write(t, "DB_PASSWORD=1"), dotenv.Options{})
	wantValue(t, p, "db-password", "1")
	for prefix, want := range map[string][]string{"": {"db-password"}, "db-": {"db-password"}, "db_": nil} {
		if got := list(t, p, prefix); !slices.Equal(got, want) {
			t.Errorf("List(%q) = %q, want %q", prefix, got, want)
		}
	}
}

func list(t *testing.T, p *dotenv.Provider, prefix string) []string {
	t.Helper()
	names := make(map[string]bool)
	for info, err := range p.List(t.Context(), prefix) {
		if err != nil {
			t.Fatal(err)
		}
		if names[info.Name] {
			t.Errorf("%s is listed twice", info.Name)
		}
		names[info.Name] = true
	}
	return slices.Sorted(maps.Keys(names))
}

func TestCheck(t *testing.T) {
	tests := []struct {
		name, path string
		want       error
	}{
		{"good", write(t, "A=1"), nil},
		{"absent", filepath.Join(t.TempDir(), ".env"), nil},
		{"a folder", t.TempDir(), secretmux.ErrInvalid},
		{"broken", write(t, "A=1\nB"), secretmux.ErrInvalid},
	}
	for _, tt := range tests {
		err := open(t, tt.path, dotenv.Options{}).Check(t.Context())
		if got := secretmux.ClassOf(err); got != tt.want {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
	}
}
