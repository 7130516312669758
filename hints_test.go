package secretmux_test

import (
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
)

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
	e := secretmux.Explain(t.Context(), chainOf(panics), "a")
	if len(e.Links) != 1 || e.Links[0].Role != secretmux.RoleStops || strings.Contains(e.Links[0].Err.Error(), "canary") {
		t.Errorf("got %+v", e.Links)
	}
}
