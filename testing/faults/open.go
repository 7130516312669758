package faults

import (
	"context"

	"github.com/secretmux/secretmux"
)

// Wrap returns p with f's faults before each of its calls. It forwards all abilities
// of p, with the package functions of secretmux. A call that p can't answer fails or
// falls back in the same way as for p. Closing it closes p. Its String is the String
// of p.
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
