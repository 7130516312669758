package gcp

import (
	"context"
	"errors"

	"github.com/secretmux/secretmux"
)

// Scheme is the scheme of this package's links.
const Scheme = "gcp-sm"

// Backend opens gcp-sm: links with the Application Default Credentials. The
// authority is the project; the package comment lists the parameters. A path is
// ErrInvalid. Opening does no I/O and reads no credentials.
func Backend() secretmux.Backend { return Options{}.Backend() }

// Backend opens gcp-sm: links with o. A part of the link replaces its field of o.
// A link without a project, gcp-sm:, reads Options.Project.
func (o Options) Backend() secretmux.Backend { return secretmux.Backend{Scheme: o.open} }

func (o Options) open(_ context.Context, u *secretmux.URI) (secretmux.Provider, error) {
	if u.Authority != "" {
		o.Project = u.Authority
	}
	var errs []error
	if u.Path != "" && u.Path != "/" {
		errs = append(errs, secretmux.Invalid("open", "gcp-sm: takes no path", "write gcp-sm://my-project?prefix=prod-"))
	}
	params := u.Params()
	params.Text("location", &o.Location)
	params.Text("prefix", &o.Prefix)
	params.Text("sep", &o.Separator)
	params.Text("alias", &o.Alias)
	params.Text("endpoint", &o.Endpoint)
	params.Bool("metadata", &o.Metadata)
	errs = append(errs, params.Done())
	p, err := New(o)
	if err := errors.Join(append(errs, err)...); err != nil {
		return nil, err
	}
	return p, nil
}
