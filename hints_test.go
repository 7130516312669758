package secretmux_test

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/local"
)

// What everyone gets wrong first is a secret that is nowhere: the error says what
// each link would need.
func TestAbsentEverywhereSaysWhatToDo(t *testing.T) {
	file := filepath.ToSlash(filepath.Join(t.TempDir(), ".env"))
	store, err := secretmux.Open(t.Context(), "env:?prefix=HINTS_,dotenv://"+file, local.Backend())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = store.Close() }()
	_, err = store.Get(t.Context(), "db/password")
	var e *secretmux.Error
	if !errors.As(err, &e) || !errors.Is(err, secretmux.ErrNotFound) {
		t.Fatalf("got %v, want ErrNotFound", err)
	}
	for _, want := range []string{"set HINTS_DB_PASSWORD", ", or ", "create the file"} {
		if !strings.Contains(e.Hint, want) {
			t.Errorf("the hint is %q, want %q in it", e.Hint, want)
		}
	}
}

func TestBrokenDocumentIsToldFromNone(t *testing.T) {
	for value, want := range map[string]string{
		`{"user":"u"`: "mend the JSON", `{"user" "u"}`: "mend the JSON", `{"user":"u"} x`: "mend the JSON",
		`hunter2`: "leave out #field", `["a"]`: "leave out #field", ``: "leave out #field",
	} {
		_, err := secretmux.NewSecret([]byte(value), secretmux.Meta{}).Field("user")
		if !errors.Is(err, secretmux.ErrInvalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want ErrInvalid with %q", value, err, want)
		}
	}
}

func TestExplainOutlivesAPanic(t *testing.T) {
	panics := secretmux.ProviderFunc(func(context.Context, string) (secretmux.Secret, error) { panic("canary") })
	e := secretmux.NewChain(panics).Explain(t.Context(), "a")
	if len(e.Links) != 1 || e.Links[0].Role != secretmux.RoleStops || strings.Contains(e.Links[0].Err.Error(), "canary") {
		t.Errorf("got %+v", e.Links)
	}
}
