package azure

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"

	"github.com/secretmux/secretmux"
)

// Options says which vault a [Provider] reads and how. Only Vault is required.
// Options are copied. The values that they point to must be safe for concurrent use.
type Options struct {
	// Vault is the name of a vault in the public cloud, as in my-vault, or the full
	// host of a vault in any cloud, as in my-vault.vault.azure.cn.
	Vault string
	// Credential is the identity that reads. Empty means CredentialDefault. It
	// must be empty if TokenCredential is set.
	Credential Credential
	// ClientID is the client ID of the identity, a UUID: with CredentialManaged a
	// user-assigned identity, with CredentialWorkload the application. Empty means
	// that the environment decides. With another credential it is ErrInvalid.
	ClientID string
	// TenantID is the tenant of the identity, as a UUID or a domain, for
	// CredentialDefault, CredentialWorkload and CredentialCLI. Empty means that the
	// environment decides. With another credential it is ErrInvalid.
	TenantID string
	// Prefix is put in front of every name: letters, digits and "-".
	Prefix string
	// Separator replaces each "/" of a name: "-", "--" or "---". A name that
	// could then be the same as another is ErrInvalid: one that contains
	// Separator, or one with a segment that starts or ends with "-". If Separator
	// is empty, a name with "/" is ErrInvalid.
	Separator string
	// DeletedAbsent makes a soft-deleted secret count as absent. Get then makes
	// one call, and not two, for a missing secret, and a chain goes on after a
	// deleted one.
	DeletedAbsent bool
	// APIVersion is the version of Key Vault's API, such as 7.4, for a cloud or an
	// emulator that does not know the SDK's own version. Empty means the SDK's
	// version.
	APIVersion string
	// Endpoint is the base URL of an emulator on this machine, such as
	// https://localhost:8443, that answers instead of the vault. A vault must ask
	// for a token of its own domain. An emulator can't do that, so the check is
	// off for it. To keep real tokens away from it, TokenCredential is required.
	// Any other host is ErrInvalid.
	Endpoint string

	// TokenCredential replaces the credentials that Credential names.
	TokenCredential azcore.TokenCredential
	// HTTPClient carries the requests to the vault and, unless TokenCredential is
	// set, the requests of the login. Its CheckRedirect is not used: redirects are
	// never followed. Nil means a client that the provider makes and closes.
	HTTPClient *http.Client
}

// check returns o in its canonical spelling, or ErrInvalid with everything that is
// wrong with it.
func (o Options) check() (Options, error) {
	// The case of a host does not matter, so one vault gets one spelling.
	o.Vault = strings.ToLower(o.Vault)
	_, vault := vaultHost(o.Vault)
	endpoint := error(nil)
	if o.Endpoint != "" {
		o.Endpoint, endpoint = loopbackURL(o.Endpoint)
	}
	errs := append(o.checkIdentity(), vault, endpoint)
	refuse := func(wrong bool, problem, hint string) {
		if wrong {
			errs = append(errs, secretmux.Invalid("open", problem, hint))
		}
	}
	refuse(len(o.Prefix) >= maxKey || !keyText(o.Prefix), "a name of Key Vault can't start with this prefix",
		"write at most 126 letters, digits and -, as in shop-")
	refuse(o.Separator != "" && !slices.Contains(separators(), o.Separator), "the separator is unknown", "write sep= with "+strings.Join(separators(), ", "))
	refuse(len(o.APIVersion) > 32 || strings.Trim(o.APIVersion, "abcdefghijklmnopqrstuvwxyz0123456789.-") != "",
		"the API version is malformed", "write a version such as 7.4")
	refuse(o.Endpoint != "" && o.TokenCredential == nil, "Options.Endpoint is set without Options.TokenCredential", "set Options.TokenCredential to the credential that the emulator expects")
	return o, errors.Join(errs...)
}

func (o Options) checkIdentity() []error {
	kind := o.kind()
	var errs []error
	refuse := func(wrong bool, problem, hint string) {
		if wrong {
			errs = append(errs, secretmux.Invalid("open", problem, hint))
		}
	}
	refuse(!slices.Contains(credentials(), string(kind)), "the credential is unknown", "write one of "+strings.Join(credentials(), ", "))
	refuse(o.TokenCredential != nil && (o.Credential != "" || o.ClientID != "" || o.TenantID != ""),
		"Options.TokenCredential is set together with another credential", "leave out credential, client_id and tenant_id, or Options.TokenCredential")
	refuse(o.ClientID != "" && (!uuid(o.ClientID) || kind != CredentialManaged && kind != CredentialWorkload),
		"the client ID is not a UUID, or the credential does not use it", "write a UUID, and use client_id= only with credential=managed or credential=workload")
	refuse(o.TenantID != "" && (!tenant(o.TenantID) || kind == CredentialManaged || kind == CredentialEnv),
		"the tenant ID is malformed, or the credential does not use it",
		"write a UUID or a domain, and use tenant_id= only with credential=default, workload or cli; managed and env already know their tenant")
	return errs
}

func (o Options) kind() Credential {
	if o.Credential == "" {
		return CredentialDefault
	}
	return o.Credential
}

// uri is the address of the same place. It does not hold TokenCredential and
// HTTPClient.
func (o Options) uri() *secretmux.URI {
	u := (&secretmux.URI{Scheme: Scheme, Authority: o.Vault}).
		With("credential", string(o.Credential)).With("client_id", o.ClientID).With("tenant_id", o.TenantID).
		With("prefix", o.Prefix).With("sep", o.Separator).With("api_version", o.APIVersion).With("endpoint", o.Endpoint)
	if o.DeletedAbsent {
		u = u.With("deleted", "absent")
	}
	return u
}

// uuid is strict: a client secret in the wrong place must not look like a client
// ID, because errors show client IDs.
func uuid(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		switch i {
		case 8, 13, 18, 23:
			if s[i] != '-' {
				return false
			}
		default:
			if !hexDigit(s[i]) {
				return false
			}
		}
	}
	return true
}

func tenant(s string) bool { return uuid(s) || validHost("x."+strings.ToLower(s)) }

func hexDigit(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}
