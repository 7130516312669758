package faults

import (
	"context"

	"github.com/secretmux/secretmux"
)

// Wrap returns p with f's faults before each of its calls. It forwards all that
// p can do, by the package functions of secretmux: what p can't do fails or falls
// back as it does for p. Closing it closes p. Its String is p's.
func (f *Injector) Wrap(p secretmux.Provider) secretmux.Provider {
	return &provider{inner: p, faults: f}
}

// Backend returns b with every provider that it opens wrapped, so that a config
// string can name links with faults. The schemes stay the same.
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
