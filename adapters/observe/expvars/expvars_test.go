package expvars_test

import (
	"errors"
	"expvar"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/observe/expvars"
	"github.com/secretmux/secretmux/testing/memory"
)

const canary = "Wd5kTq8zNx2vRb7j"

func newStore(t *testing.T, secrets map[string]string) *secretmux.Store {
	t.Helper()
	s, err := secretmux.New(memory.New(secrets), secretmux.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

func TestPublish(t *testing.T) {
	s := newStore(t, map[string]string{"db/password": canary})
	if _, err := s.Get(t.Context(), "db/password"); err != nil {
		t.Fatal(err)
	}
	_, _ = s.Get(t.Context(), "absent")
	if err := expvars.Publish("secrets-test", s); err != nil {
		t.Fatal(err)
	}
	text := expvar.Get("secrets-test").String()
	for _, want := range []string{`"served":1`, `"ref":"db/password"`, `"source":"memory:"`, `"class":"not found"`} {
		if !strings.Contains(text, want) {
			t.Errorf("%s lacks %s", text, want)
		}
	}
	if strings.Contains(text, canary) {
		t.Error("it shows a value")
	}
	_ = s.Close()
	if text := expvar.Get("secrets-test").String(); !strings.Contains(text, `"secrets":[]`) {
		t.Errorf("after Close: %s", text)
	}
}

// A program that opens its store anew shows the new one under the name it had.
func TestPublishAgain(t *testing.T) {
	closed, next := newStore(t, nil), newStore(t, map[string]string{"a": canary})
	if err := expvars.Publish("again", closed); err != nil {
		t.Fatal(err)
	}
	if err := expvars.Publish("again", next); !errors.Is(err, secretmux.ErrInvalid) {
		t.Errorf("while the first is open: %v, want ErrInvalid", err)
	}
	_ = closed.Close()
	if err := expvars.Publish("again", next); err != nil {
		t.Fatal(err)
	}
	if _, err := next.Get(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	if text := expvar.Get("again").String(); !strings.Contains(text, `"served":1`) {
		t.Errorf("%s", text)
	}
}

func TestPublishRefuses(t *testing.T) {
	s := newStore(t, nil)
	for name, err := range map[string]error{
		"an empty name": expvars.Publish("", s), "a name in use": expvars.Publish("memstats", s), "no store": expvars.Publish("x", nil),
	} {
		if !errors.Is(err, secretmux.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
