package secretmux_test

import (
	"context"
	"errors"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/testing/memory"
)

// described is a provider of the test that describes what it is told to.
type described struct {
	secretmux.Provider
	describe func(ctx context.Context, name string) (secretmux.Info, error)
}

func (d described) Describe(ctx context.Context, name string) (secretmux.Info, error) {
	return d.describe(ctx, name)
}

func says(info secretmux.Info, err error) described {
	return described{memory.New(nil), func(context.Context, string) (secretmux.Info, error) { return info, err }}
}

var made = time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)

func TestDescribeFallsBackOnTheList(t *testing.T) {
	m := memory.New(nil)
	m.Put("db/a", []byte("x"), secretmux.Meta{Version: "7", Created: made})
	info, err := secretmux.Describe(t.Context(), m, "db/a")
	if err != nil || info.Name != "db/a" || info.Version != "7" || !info.VersionCreated.Equal(made) {
		t.Errorf("%+v, %v", info, err)
	}
	for name, class := range map[string]error{"db": secretmux.ErrNotFound, "db/ab": secretmux.ErrNotFound, "": secretmux.ErrInvalid, "a//b": secretmux.ErrInvalid} {
		if _, err := secretmux.Describe(t.Context(), m, name); secretmux.ClassOf(err) != class {
			t.Errorf("Describe(%q): %v, want %v", name, err, class)
		}
	}
	silent := secretmux.ProviderFunc(m.Get)
	if _, err := secretmux.Describe(t.Context(), silent, "db/a"); !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("a provider without a list: %v", err)
	}
}

func TestDescribeInAChain(t *testing.T) {
	older := secretmux.Info{Name: "a", VersionCreated: made, Source: "vault:"}
	tests := []struct {
		name  string
		links []secretmux.Provider
		class error
	}{
		{"the first that has it", []secretmux.Provider{says(older, nil), says(secretmux.Info{Name: "a"}, nil)}, nil},
		{"after one that lacks it", []secretmux.Provider{memory.New(nil), says(older, nil)}, nil},
		{"denied", []secretmux.Provider{says(secretmux.Info{}, &secretmux.Error{Class: secretmux.ErrDenied}), says(older, nil)}, secretmux.ErrDenied},
		{"nobody can tell", []secretmux.Provider{secretmux.ProviderFunc(memory.New(nil).Get), says(older, nil)}, errors.ErrUnsupported},
		{"all lack it", []secretmux.Provider{memory.New(nil), memory.New(nil)}, secretmux.ErrNotFound},
		{"another secret's", []secretmux.Provider{says(secretmux.Info{Name: "b", VersionCreated: made}, nil)}, secretmux.ErrCorrupt},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			chain, err := secretmux.NewChain(tt.links...)
			if err != nil {
				t.Fatal(err)
			}
			info, err := chain.Describe(t.Context(), "a")
			if secretmux.ClassOf(err) != tt.class {
				t.Fatalf("%v, want %v", err, tt.class)
			}
			if err == nil && !info.VersionCreated.Equal(made) {
				t.Errorf("%+v", info)
			}
		})
	}
}

// A Describe that ignores its context is left behind, and holds up no other name.
func TestDescribeIsBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		release := make(chan struct{})
		defer close(release)
		p := described{memory.New(nil), func(_ context.Context, name string) (secretmux.Info, error) {
			if name == "hangs" {
				<-release
			}
			return secretmux.Info{Name: name, VersionCreated: made}, nil
		}}
		s, err := secretmux.New(p, secretmux.Options{Timeout: time.Second})
		if err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		if _, err := s.Describe(t.Context(), "hangs"); !errors.Is(err, secretmux.ErrUnavailable) || time.Since(start) > 2*time.Second {
			t.Errorf("%v after %v", err, time.Since(start))
		}
		if _, err := s.Describe(t.Context(), "other"); err != nil {
			t.Errorf("another name: %v", err)
		}
		_ = s.Close()
		if _, err := s.Describe(t.Context(), "other"); !errors.Is(err, secretmux.ErrClosed) {
			t.Errorf("after Close: %v", err)
		}
	})
}

func TestDescribeOfAMember(t *testing.T) {
	m := memory.New(nil)
	m.Put("app", []byte(`{"db/a":"x"}`), secretmux.Meta{Version: "7", Created: made})
	s := openMemory(t, m, "memory:?document=app&only=db/*")
	info, err := s.Describe(t.Context(), "db/a")
	if err != nil || info.Name != "db/a" || info.Version != "7" || !info.VersionCreated.Equal(made) {
		t.Errorf("%+v, %v", info, err)
	}
	for _, name := range []string{"db/b", "elsewhere"} {
		if _, err := s.Describe(t.Context(), name); !errors.Is(err, secretmux.ErrNotFound) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for info, err := range s.List(t.Context(), "") {
		if err != nil || !info.VersionCreated.Equal(made) {
			t.Errorf("the list has %+v, %v", info, err)
		}
	}
}

func openMemory(t *testing.T, m *memory.Provider, config string) *secretmux.Store {
	t.Helper()
	backend := secretmux.Backend{"memory": func(_ context.Context, u *secretmux.URI) (secretmux.Provider, error) {
		return m, u.Params().Done()
	}}
	s, err := secretmux.Open(t.Context(), config, backend)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}
