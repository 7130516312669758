package azure_test

import (
	"errors"
	"os"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/azure"
	"github.com/secretmux/secretmux/testing/faultscript"
)

// TestMain hides this machine's own identities from the tests.
func TestMain(m *testing.M) {
	for _, pair := range os.Environ() {
		key, _, _ := strings.Cut(pair, "=")
		for _, prefix := range []string{"AZURE_", "IDENTITY_", "MSI_", "IMDS_", "DEFAULT_IDENTITY_"} {
			if strings.HasPrefix(key, prefix) && key != debugVariable {
				_ = os.Unsetenv(key)
			}
		}
	}
	home, err := os.MkdirTemp("", "home")
	if err != nil {
		panic(err)
	}
	_ = os.Setenv("HOME", home)
	code := m.Run()
	_ = os.RemoveAll(home)
	os.Exit(code)
}

func wantValue(t *testing.T, p *azure.Provider, name, want string) secretmux.Secret {
	t.Helper()
	secret, err := p.Get(t.Context(), name)
	if err != nil {
		t.Fatalf("Get(%q): %v", name, err)
	}
	if secret.Reveal() != want {
		t.Fatalf("Get(%q) returned another value", name)
	}
	return secret
}

// wantClass checks the class and the text of err, and that nothing leaks. It returns
// the text.
func wantClass(t *testing.T, err, class error, parts ...string) *secretmux.Error {
	t.Helper()
	var e *secretmux.Error
	if !errors.As(err, &e) || !errors.Is(secretmux.ClassOf(err), class) {
		t.Fatalf("the class is %v, want %v: %v", secretmux.ClassOf(err), class, err)
	}
	for _, part := range parts {
		if !strings.Contains(err.Error(), part) {
			t.Errorf("%q does not say %q", err, part)
		}
	}
	wantClean(t, err)
	return e
}

// wantClean walks err's tree.
func wantClean(t *testing.T, err error) {
	t.Helper()
	if err == nil {
		return
	}
	if faultscript.Leaks(err.Error()) {
		t.Fatalf("the text of a %T holds a value, a body or a token", err)
	}
	switch e := err.(type) { //nolint:errorlint // each error of the tree is asked by itself
	case interface{ Unwrap() error }:
		wantClean(t, e.Unwrap())
	case interface{ Unwrap() []error }:
		for _, below := range e.Unwrap() {
			wantClean(t, below)
		}
	}
}
