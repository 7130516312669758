package memory_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/testing/memory"
)

func openURI(t *testing.T, m *memory.Provider, uri string) (secretmux.Provider, error) {
	t.Helper()
	u, err := secretmux.ParseURI(uri)
	if err != nil {
		t.Fatal(err)
	}
	return m.Backend()["memory"](t.Context(), u)
}

func TestOpenRefuses(t *testing.T) {
	for _, uri := range []string{
		"memory:canary", "memory://canary", "memory:///canary", "memory:?prefix=/canary", "memory:?prefix=canary/../",
		"memory:?prefix=%23canary", "memory:?prefx=canary", "memory:?prefix=%20canary",
	} {
		p, err := openURI(t, memory.New(nil), uri)
		if p != nil || !errors.Is(err, secretmux.ErrInvalid) || strings.Contains(err.Error(), "canary") {
			t.Errorf("opened to %v, error %v; want an ErrInvalid that does not quote the URI", p, err)
		}
	}
}

func TestTwoLinksOfOneProvider(t *testing.T) {
	m := memory.New(map[string]string{"app/a": "app's", "shared/a": "shared", "shared/b": "shared", "shared": "no"})
	store, err := secretmux.Open(t.Context(), "memory:?prefix=app/,memory:?prefix=shared/", m.Backend())
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{"a": "app's", "b": "shared"} {
		if s, err := store.Get(t.Context(), name); err != nil || s.Reveal() != want {
			t.Errorf("%s: %q, %v", name, s.Reveal(), err)
		}
	}
	if _, err := store.Get(t.Context(), "c"); !errors.Is(err, secretmux.ErrNotFound) {
		t.Errorf("an absent name: %v", err)
	}
	if err := store.Close(); err != nil || m.Calls().Close != 2 {
		t.Errorf("closed %d links, %v", m.Calls().Close, err)
	}
}

// TestPrefixWithinASegment lists below a prefix that does not end in "/".
func TestPrefixWithinASegment(t *testing.T) {
	m := memory.New(map[string]string{"app": "1", "app/a": "2", "apple": "3", "application/x": "4", "b": "5"})
	p, err := openURI(t, m, "memory:?prefix=app")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for info, err := range secretmux.List(t.Context(), p, "") {
		if err != nil {
			t.Fatal(err)
		}
		if _, err := p.Get(t.Context(), info.Name); err != nil {
			t.Errorf("Get of a listed name: %v", err)
		}
		names = append(names, info.Name)
	}
	if want := []string{"le", "lication/x"}; !slices.Equal(names, want) {
		t.Errorf("listed %q, want %q", names, want)
	}
	if _, err := p.Get(t.Context(), "/a"); !errors.Is(err, secretmux.ErrInvalid) {
		t.Errorf("a name that only the prefix makes good: %v", err)
	}
}
