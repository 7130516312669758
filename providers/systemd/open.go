package systemd

import (
	"context"
	"errors"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/internal/place"
)

// Scheme is the scheme of this package's links.
const Scheme = "systemd"

// Backend opens systemd: links. The package comment lists the parameters.
func Backend() secretmux.Backend { return Options{}.Backend() }

// Backend opens systemd: links with o, for everything that a link leaves out, such as
// the environment to read.
func (o Options) Backend() secretmux.Backend { return secretmux.Backend{Scheme: o.open} }

func (o Options) open(_ context.Context, u *secretmux.URI) (secretmux.Provider, error) {
	params := u.Params()
	params.Text("prefix", &o.Prefix)
	place.ReadTrim(params, &o.Raw)
	place.ReadMissing(params, &o.Missing)
	errs := []error{params.Done()}
	if u.Authority != "" || u.Path != "" {
		errs = append(errs, secretmux.Invalid("open", "systemd: takes no path",
			"write systemd: without a path, because the unit names the credentials; write file:///folder for another folder"))
	}
	p, err := New(o)
	if err := errors.Join(append(errs, err)...); err != nil {
		return nil, err
	}
	return p, nil
}
