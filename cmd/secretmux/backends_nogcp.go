//go:build nogcp

package main

import (
	"context"

	"github.com/secretmux/secretmux"
)

// google says what to do about gcp-sm: in a binary that leaves it out.
func google() []secretmux.Backend {
	return []secretmux.Backend{{"gcp-sm": func(context.Context, *secretmux.URI) (secretmux.Provider, error) {
		return nil, secretmux.Invalid("open", "this binary was built without gcp-sm:", "install it without -tags nogcp")
	}}}
}
