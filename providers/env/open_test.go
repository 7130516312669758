package env_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/env"
)

func openURI(t *testing.T, link string) (secretmux.Provider, error) {
	t.Helper()
	u, err := secretmux.ParseURI(link)
	if err != nil {
		t.Fatal(err)
	}
	return env.Backend()[u.Scheme](t.Context(), u)
}

func TestOpen(t *testing.T) {
	for _, link := range []string{"env:", "env:?prefix=APP_", "env:?empty=keep&files=true&prefix=A1_"} {
		p, err := openURI(t, link)
		if err != nil {
			t.Errorf("%s: %v", link, err)
			continue
		}
		if got := p.(*env.Provider).String(); got != link {
			t.Errorf("%s opens as %s", link, got)
		}
	}
}

// Options can set the environment that a config string reads.
func TestOptionsBackend(t *testing.T) {
	e := newEnviron("SHOP_DB_PASSWORD=1", "DB_PASSWORD=2", "EMPTY=")
	backend := env.Options{Prefix: "SHOP_", Lookup: e.lookup, Environ: e.entries}.Backend()
	for config, want := range map[string]string{"env:": "1", "env:?prefix=SHOP_": "1", "env:?empty=keep": "1"} {
		store, err := secretmux.Open(t.Context(), config, backend)
		if err != nil {
			t.Fatal(err)
		}
		wantValue(t, store, "db/password", want)
		_ = store.Close()
	}
	u, err := secretmux.ParseURI("env:?prefix=OTHER_&files=true")
	if err != nil {
		t.Fatal(err)
	}
	p, err := backend[u.Scheme](t.Context(), u)
	if err != nil || p.(*env.Provider).String() != "env:?files=true&prefix=OTHER_" {
		t.Errorf("opened as %v, %v", p, err)
	}
	// Only one of Lookup and Environ is a mistake of the program, which Open reports.
	if _, err := secretmux.Open(t.Context(), "env:", env.Options{Lookup: e.lookup}.Backend()); !errors.Is(err, secretmux.ErrInvalid) {
		t.Errorf("only Lookup: %v", err)
	}
}

func TestOpenRefuses(t *testing.T) {
	tests := []struct{ link, hint string }{
		{"env://canary", "takes no path"},
		{"env:canary", "takes no path"},
		{"env:///canary", "takes no path"},
		{"env:?prefix=canary-", "prefix"},
		{"env:?prefix=9canary", "prefix"},
		{"env:?prefix=can%3Dary", "prefix"},
		{"env:?empty=canary", "keep"},
		{"env:?files=canary", "true or false"},
		{"env:?canary=1", "known are"},
		{"env:?missing=absent", "known are"},
	}
	for _, tt := range tests {
		p, err := openURI(t, tt.link)
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

// All faults of a link are reported together.
func TestOpenReportsAll(t *testing.T) {
	_, err := openURI(t, "env:x?prefix=-&empty=maybe&nope=1")
	for _, part := range []string{"path", "prefix", "empty", "unknown"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%v does not mention %s", err, part)
		}
	}
}

func TestNewRefusesHalfASeam(t *testing.T) {
	if _, err := env.New(env.Options{Lookup: os.LookupEnv}); secretmux.ClassOf(err) != secretmux.ErrInvalid {
		t.Errorf("only Lookup: %v", err)
	}
	if _, err := env.New(env.Options{Environ: os.Environ}); secretmux.ClassOf(err) != secretmux.ErrInvalid {
		t.Errorf("only Environ: %v", err)
	}
}
