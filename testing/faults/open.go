package faults

import (
	"context"

	"github.com/secretmux/secretmux"
)

// Wrap returns a provider that applies the rules of f to each call before it calls p. The
// result has all optional interfaces of secretmux. If p does not have one, the call fails
// or falls back in the same way as for p. Close closes p. String returns the String of p,
// or the name of its type if it has none.
func (f *Injector) Wrap(p secretmux.Provider) secretmux.Provider {
	return &provider{inner: p, faults: f}
}

// Backend returns a copy of b that wraps every provider that it opens. So a config string
// opens links with faults. The schemes stay the same.
func (f *Injector) Backend(b secretmux.Backend) secretmux.Backend {
	wrapped := make(secretmux.Backend, len(b))
	for scheme, open := range b {
		wrapped[scheme] = func(ctx context.Context, u *secretmux.URI) (secretmux.Provider, error) {
			p, err := open(ctx, u)
			if err != nil || p == nil {
				return nil, err
			}
			return f.Wrap(p), nil
		}
	}
	return wrapped
}
