package env

import (
	"context"
	"errors"

	"github.com/secretmux/secretmux"
)

// Scheme is the scheme of this package's links.
const Scheme = "env"

// Backend opens env: links. The package comment lists the parameters.
func Backend() secretmux.Backend { return Options{}.Backend() }

// Backend opens env: links with o, for everything that a link leaves out, such as the
// environment to read.
func (o Options) Backend() secretmux.Backend { return secretmux.Backend{Scheme: o.open} }

func (o Options) open(_ context.Context, u *secretmux.URI) (secretmux.Provider, error) {
	empty := ""
	params := u.Params()
	params.Text("prefix", &o.Prefix)
	params.Enum("empty", &empty, "keep")
	params.Bool("files", &o.Files)
	o.KeepEmpty = o.KeepEmpty || empty == "keep"

	errs := []error{params.Done()}
	if u.Authority != "" || u.Path != "" {
		errs = append(errs, secretmux.Invalid("open", "env: takes no path", "write env: or env:?prefix=APP_; a comma separates links"))
	}
	p, err := New(o)
	if err := errors.Join(append(errs, err)...); err != nil {
		return nil, err
	}
	return p, nil
}
