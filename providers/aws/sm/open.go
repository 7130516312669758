package sm

import (
	"context"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws/session"
)

// Scheme is the scheme of this package's links.
const Scheme = "aws-sm"

// Open returns the function that opens aws-sm: links, with what opts say where a
// link's parameters say nothing.
func Open(opts session.Options) secretmux.OpenFunc {
	return func(_ context.Context, u *secretmux.URI) (secretmux.Provider, error) {
		own, err := opts.FromURI(u)
		if err != nil {
			return nil, err
		}
		p, err := New(own)
		if err != nil {
			return nil, err
		}
		p.source = u.String()
		return p, nil
	}
}
