package azure

import (
	"context"
	"errors"

	"github.com/secretmux/secretmux"
)

// Scheme is the scheme of this package's links.
const Scheme = "azure-kv"

// Backend opens azure-kv: links with the SDK's own credentials. The authority is
// the vault; the package comment lists the parameters. A path is ErrInvalid.
// Opening does no I/O and reads no credentials.
func Backend() secretmux.Backend { return Options{}.Backend() }

// Backend opens azure-kv: links with o. A part of the link replaces its field of
// o. A link without a vault, azure-kv:, reads Options.Vault.
func (o Options) Backend() secretmux.Backend { return secretmux.Backend{Scheme: o.open} }

func (o Options) open(_ context.Context, u *secretmux.URI) (secretmux.Provider, error) {
	if u.Authority != "" {
		o.Vault = u.Authority
	}
	var errs []error
	if u.Path != "" && u.Path != "/" {
		errs = append(errs, secretmux.Invalid("open", "azure-kv: takes no path", "a vault has no folders; write azure-kv://my-vault?prefix=shop-"))
	}
	credential, deleted := string(o.Credential), ""
	params := u.Params()
	params.Enum("credential", &credential, credentials()...)
	params.Text("client_id", &o.ClientID)
	params.Text("tenant_id", &o.TenantID)
	params.Text("prefix", &o.Prefix)
	params.Enum("sep", &o.Separator, separators()...)
	params.Enum("deleted", &deleted, "absent")
	params.Text("api_version", &o.APIVersion)
	params.Text("endpoint", &o.Endpoint)
	o.Credential, o.DeletedAbsent = Credential(credential), o.DeletedAbsent || deleted != ""
	errs = append(errs, params.Done())
	p, err := New(o)
	if err := errors.Join(append(errs, err)...); err != nil {
		return nil, err
	}
	return p, nil
}
