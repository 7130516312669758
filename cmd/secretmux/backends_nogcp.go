//go:build nogcp

package main

import (
	"context"

	"github.com/secretmux/secretmux"
)

// google refuses gcp-sm: with an error that says what to do, because this binary
// does not have it.
func google() []secretmux.Backend {
	return []secretmux.Backend{{"gcp-sm": func(context.Context, *secretmux.URI) (secretmux.Provider, error) {
		return nil, secretmux.Invalid("open", "this binary was built without gcp-sm:", "install it without -tags nogcp")
	}}}
}
