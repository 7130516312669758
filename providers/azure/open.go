package azure

import (
	"context"
	"errors"

	"github.com/secretmux/secretmux"
)

// Scheme is the scheme of this package's links.
const Scheme = "azure-kv"

// Backend opens azure-kv: links with the SDK's own credentials. The parameters
// are those of the package comment.
func Backend() secretmux.Backend { return Options{}.Backend() }

// Backend opens azure-kv: links with o, for programs that bring a credential or
// an HTTP client. A link's parameters come before o's fields.
func (o Options) Backend() secretmux.Backend { return secretmux.Backend{Scheme: o.open} }

func (o Options) open(_ context.Context, u *secretmux.URI) (secretmux.Provider, error) {
	deleted := ""
	params := u.Params()
	params.Enum("credential", &o.Credential, credentials()...)
	params.Text("client_id", &o.ClientID)
	params.Text("tenant_id", &o.TenantID)
	params.Text("prefix", &o.Prefix)
	params.Enum("sep", &o.Separator, separators()...)
	params.Enum("deleted", &deleted, "absent")
	params.Text("api_version", &o.APIVersion)
	o.DeletedAbsent = o.DeletedAbsent || deleted != ""

	errs := []error{params.Done()}
	if u.Path != "" && u.Path != "/" {
		errs = append(errs, mistake("azure-kv: takes no path", "a vault has no folders; write azure-kv://my-vault?prefix=shop-"))
	}
	p, err := New(u.Authority, o)
	if err := errors.Join(append(errs, err)...); err != nil {
		return nil, err
	}
	return p, nil
}
