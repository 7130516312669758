package secretmux_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
)

// A panic in a goroutine of the store would end the program: nobody could recover.
func TestAPanickingProviderIsAnError(t *testing.T) {
	p := secretmux.ProviderFunc(func(context.Context, string) (secretmux.Secret, error) { panic("canary-value") })
	s, err := secretmux.New(p, secretmux.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	_, one := s.Get(t.Context(), "a")
	_, many := s.GetAll(t.Context(), "a", "b")
	for _, err := range []error{one, many} {
		if err == nil || strings.Contains(err.Error(), "canary") {
			t.Errorf("got %v, want an error without the panic's value", err)
		}
	}
}

func TestExplainAfterClose(t *testing.T) {
	asked := false
	p := secretmux.ProviderFunc(func(context.Context, string) (secretmux.Secret, error) {
		asked = true
		return secretmux.NewSecret(nil, secretmux.Meta{}), nil
	})
	s, err := secretmux.New(p, secretmux.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	e := secretmux.Explain(t.Context(), s, "a")
	if asked || len(e.Links) != 1 || e.Links[0].Class != secretmux.ErrClosed { //nolint:errorlint // Class is the sentinel itself
		t.Errorf("asked %v, %+v", asked, e)
	}
}

func TestAStoreThatKeepsNothingComesBeforeAdvice(t *testing.T) {
	calls := 0
	p := secretmux.ProviderFunc(func(context.Context, string) (secretmux.Secret, error) {
		calls++
		return secretmux.NewSecret([]byte("x"), secretmux.Meta{TTL: 5 * time.Minute}), nil
	})
	s, err := secretmux.New(p, secretmux.Options{TTL: -1})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = s.Close() }()
	for range 3 {
		if _, err := s.Get(t.Context(), "a"); err != nil {
			t.Fatal(err)
		}
	}
	if calls != 3 {
		t.Errorf("%d calls for 3 Gets, want 3", calls)
	}
}
