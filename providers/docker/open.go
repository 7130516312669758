package docker

import (
	"context"
	"errors"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/internal/place"
)

// Scheme is the scheme of this package's links.
const Scheme = "docker"

// Backend opens docker: links. The package comment lists the parameters.
func Backend() secretmux.Backend { return Options{}.Backend() }

// Backend opens docker: links with o, for everything that a link leaves out.
func (o Options) Backend() secretmux.Backend { return secretmux.Backend{Scheme: o.open} }

func (o Options) open(_ context.Context, u *secretmux.URI) (secretmux.Provider, error) {
	dir, err := u.LocalPath()
	params := u.Params()
	params.Text("prefix", &o.Prefix)
	place.ReadTrim(params, &o.Raw)
	place.ReadMissing(params, &o.Missing)
	if err != nil {
		return nil, errors.Join(err, params.Done())
	}
	if dir != "" {
		o.Dir = dir
	}
	p, err := New(o)
	if err := errors.Join(params.Done(), err); err != nil {
		return nil, err
	}
	return p, nil
}
