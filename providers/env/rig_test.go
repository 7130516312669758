package env_test

import (
	"strings"
	"sync"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/env"
)

// environ is the environment of one test.
type environ struct {
	mu   sync.Mutex
	vars map[string]string
}

func newEnviron(entries ...string) *environ {
	e := &environ{vars: make(map[string]string)}
	for _, entry := range entries {
		variable, value, _ := strings.Cut(entry, "=")
		e.vars[variable] = value
	}
	return e
}

func (e *environ) set(variable, value string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.vars[variable] = value
}

func (e *environ) unset(variable string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	delete(e.vars, variable)
}

func (e *environ) lookup(variable string) (string, bool) {
	e.mu.Lock()
	defer e.mu.Unlock()
	value, ok := e.vars[variable]
	return value, ok
}

func (e *environ) entries() []string {
	e.mu.Lock()
	defer e.mu.Unlock()
	var all []string
	for variable, value := range e.vars {
		all = append(all, variable+"="+value)
	}
	return all
}

// open makes a provider over e.
func (e *environ) open(t *testing.T, opts env.Options) *env.Provider {
	t.Helper()
	p, err := env.New(e.with(opts))
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// with returns o with e instead of the environment of the process.
func (e *environ) with(opts env.Options) env.Options {
	opts.Lookup, opts.Environ = e.lookup, e.entries
	return opts
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
