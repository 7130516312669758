package dotenv_test

import (
	"bytes"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/dotenv"
)

func openURI(t *testing.T, backend secretmux.Backend, link string) (secretmux.Provider, error) {
	t.Helper()
	u, err := secretmux.ParseURI(link)
	if err != nil {
		t.Fatal(err)
	}
	return backend[u.Scheme](t.Context(), u)
}

func TestOpen(t *testing.T) {
	links := []string{
		"dotenv:.env", "dotenv:///etc/app/.env", "dotenv:a%2Cb?prefix=APP_",
		"dotenv:.env?empty=keep&expand=true&perm=strict&prefix=A1_", "dotenv:.env?dialect=godotenv",
		"dotenv:.env?fifo=true&missing=absent", "dotenv:.env?missing=unavailable",
	}
	for _, link := range links {
		p, err := openURI(t, dotenv.Backend(), link)
		if err != nil {
			t.Errorf("%s: %v", link, err)
			continue
		}
		if got := p.(*dotenv.Provider).String(); got != link {
			t.Errorf("%s opens as %s", link, got)
		}
	}
	if _, err := openURI(t, dotenv.Backend(), "dotenv:.env?dialect=secretmux&expand=false"); err != nil {
		t.Errorf("the defaults, spelt out: %v", err)
	}
}

// The address that String prints opens the same place, for every field of Options.
func TestStringOpensTheSamePlace(t *testing.T) {
	for _, o := range []dotenv.Options{
		{Path: ".env"},
		{Path: "/etc/app/.env", Prefix: "APP_"},
		{Path: "a b,c|d?e#f%25", Dialect: dotenv.Godotenv},
		{Path: ".env", Expand: true, KeepEmpty: true},
		{Path: ".env", Missing: secretmux.ErrNotFound},
		{Path: ".env", Missing: secretmux.ErrUnavailable, Dialect: dotenv.Secretmux},
	} {
		p, err := dotenv.New(o)
		if err != nil {
			t.Errorf("%+v: %v", o, err)
			continue
		}
		again, err := openURI(t, dotenv.Backend(), p.String())
		if err != nil || again.(*dotenv.Provider).String() != p.String() {
			t.Errorf("%s reopens as %v, %v", p, again, err)
		}
	}
}

// A path that only a shell replaces would lead to a folder with the name ~, in which
// every secret is absent.
func TestShellPathsAreRefused(t *testing.T) {
	for _, path := range []string{"~/.env", "$HOME/.env", "${HOME}/.env", "~user/.env", "/~/.env", "/home/$USER/.env", "$(pwd)/.env"} {
		u := secretmux.URI{Scheme: "dotenv", Path: path + canary}
		_, err := openURI(t, dotenv.Backend(), u.String())
		if secretmux.ClassOf(err) != secretmux.ErrInvalid || !strings.Contains(err.Error(), "write an absolute path") {
			t.Errorf("%s: %v", path, err)
			continue
		}
		wantNoCanary(t, err)
	}
}

func TestOpenRefuses(t *testing.T) {
	tests := []struct{ link, hint string }{
		{"dotenv:", "dotenv:.env"},
		{"dotenv://etc/" + canary, "dotenv:///absolute"},
		{"dotenv:x?prefix=" + canary + "-", "prefix"},
		{"dotenv:x?dialect=" + canary, "godotenv"},
		{"dotenv:x?expand=" + canary, "true or false"},
		{"dotenv:x?empty=" + canary, "keep"},
		{"dotenv:x?perm=" + canary, "strict"},
		{"dotenv:x?fifo=" + canary, "true or false"},
		{"dotenv:x?" + canary + "=1", "known are"},
		{"dotenv:x?dialect=godotenv&expand=true", "always expands"},
	}
	for _, tt := range tests {
		p, err := openURI(t, dotenv.Backend(), tt.link)
		if p != nil || secretmux.ClassOf(err) != secretmux.ErrInvalid {
			t.Errorf("%s: provider %v, %v", tt.link, p, err)
			continue
		}
		wantNoCanary(t, err)
		if !strings.Contains(err.Error(), tt.hint) {
			t.Errorf("%s: %v does not say %q", tt.link, err, tt.hint)
		}
	}
}

// All faults of a link are reported together, each of them once.
func TestOpenReportsAll(t *testing.T) {
	_, err := openURI(t, dotenv.Backend(), "dotenv:?prefix=-&empty=maybe&nope=1")
	for _, part := range []string{"path of a file", "the prefix", "empty", "unknown"} {
		if err == nil || strings.Count(err.Error(), part) == 0 {
			t.Errorf("%v does not mention %s", err, part)
		}
	}
	if strings.Count(err.Error(), "unknown parameter") != 1 {
		t.Errorf("said twice: %v", err)
	}
}

func TestOptionsBackend(t *testing.T) {
	var log bytes.Buffer
	backend := dotenv.Options{Prefix: "APP_", Expand: true, Logger: slog.New(slog.NewTextHandler(&log, nil))}.Backend()
	for link, want := range map[string]string{
		"dotenv:.env":              "dotenv:.env?expand=true&prefix=APP_",
		"dotenv:.env?expand=false": "dotenv:.env?prefix=APP_",
		"dotenv:.env?prefix=DB_":   "dotenv:.env?expand=true&prefix=DB_",
	} {
		p, err := openURI(t, backend, link)
		if err != nil {
			t.Fatal(err)
		}
		if got := p.(*dotenv.Provider).String(); got != want {
			t.Errorf("%s opens as %s, want %s", link, got, want)
		}
	}
}

func TestAnEmptyPrefixIsRefused(t *testing.T) {
	_, err := openURI(t, dotenv.Backend(), "dotenv:.env?prefix=")
	if !errors.Is(err, secretmux.ErrInvalid) || !strings.Contains(err.Error(), "prefix") {
		t.Errorf("%v: want ErrInvalid that names prefix: an unset variable must not switch it off", err)
	}
}

func TestNewRefuses(t *testing.T) {
	for _, o := range []dotenv.Options{
		{Path: ".env", Dialect: canary}, {Path: ".env", Dialect: dotenv.Godotenv, Expand: true}, {Path: ".env", Prefix: canary + "="}, {Path: ".env", Missing: secretmux.ErrDenied}, {Path: "~/" + canary}, {Path: canary + "\x00"}, {},
	} {
		_, err := dotenv.New(o)
		if secretmux.ClassOf(err) != secretmux.ErrInvalid {
			t.Errorf("%+v: %v", o, err)
			continue
		}
		wantNoCanary(t, err)
	}
}
