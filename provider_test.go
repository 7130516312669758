package secretmux_test

import (
	"testing"

	"github.com/secretmux/secretmux"
)

func TestProviderFuncNil(t *testing.T) {
	var f secretmux.ProviderFunc
	wantClass(t, secretmux.ErrInvalid)(f.Get(t.Context(), "a"))
	wantClass(t, secretmux.ErrInvalid)(chainOf(f).Get(t.Context(), "a"))
}
