package azure

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"

	"github.com/secretmux/secretmux"
)

// Options says which vault a [Provider] reads and how. Only Vault is required. They
// are copied; what they point to must be safe for concurrent use.
type Options struct {
	// Vault is the name of a vault in the public cloud or the full host of one in
	// any cloud: my-vault, my-vault.vault.azure.cn.
	Vault string
	// Credential is who asks. Empty means CredentialDefault. It must be empty
	// beside TokenCredential.
	Credential Credential
	// ClientID is the client ID of the identity, a UUID: of a user-assigned one
	// with CredentialManaged, of the application with CredentialWorkload. Empty
	// leaves it to the environment. With another credential it is ErrInvalid.
	ClientID string
	// TenantID is the tenant of the identity, as a UUID or a domain, for
	// CredentialDefault, CredentialWorkload and CredentialCLI. Empty leaves it to
	// the environment. With another credential it is ErrInvalid.
	TenantID string
	// Prefix is put in front of every name: letters, digits and "-".
	Prefix string
	// Separator replaces each "/" of a name: "-", "--" or "---". Names that could
	// then meet are ErrInvalid: those that have Separator in them, and those with a
	// segment that starts or ends with "-". Empty refuses names with "/".
	Separator string
	// DeletedAbsent takes a soft-deleted secret for an absent one. Get then makes
	// one call instead of two when there is no secret, and a chain goes on after
	// one that somebody deleted.
	DeletedAbsent bool
	// APIVersion is the version of Key Vault's API, such as 7.4, for a cloud or an
	// emulator that does not know the SDK's own. Empty means the SDK's.
	APIVersion string
	// Endpoint is the base URL of an emulator on this machine, such as
	// https://localhost:8443, that answers instead of the vault. As no emulator
	// can ask for tokens of its own domain, the check that a vault does so is off
	// there, and TokenCredential is required: no real identity logs in. Any other
	// host is ErrInvalid.
	Endpoint string

	// TokenCredential replaces the credentials that Credential names.
	TokenCredential azcore.TokenCredential
	// HTTPClient carries the requests to the vault and, unless TokenCredential is
	// set, those of the login. Its CheckRedirect is not used: redirects are never
	// followed. Nil means a client that the provider makes and closes.
	HTTPClient *http.Client
}

// check returns o in its canonical spelling, or ErrInvalid for all that is wrong
// with it.
func (o Options) check() (Options, error) {
	// Hosts don't differ in case, so one vault has one spelling.
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
	refuse(len(o.Prefix) >= maxKey || !keyText(o.Prefix), "the prefix can't be the start of a name of Key Vault",
		"it has only letters, digits and -, at most 126, as in shop-")
	refuse(o.Separator != "" && !slices.Contains(separators(), o.Separator), "the separator is unknown", "sep takes "+strings.Join(separators(), ", "))
	refuse(len(o.APIVersion) > 32 || strings.Trim(o.APIVersion, "abcdefghijklmnopqrstuvwxyz0123456789.-") != "",
		"the API version is malformed", "write one such as 7.4")
	refuse(o.Endpoint != "" && o.TokenCredential == nil, "an endpoint comes without Options.TokenCredential", "give the credential that the emulator expects")
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
	refuse(!slices.Contains(credentials(), string(kind)), "the credential is unknown", "known are "+strings.Join(credentials(), ", "))
	refuse(o.TokenCredential != nil && (o.Credential != "" || o.ClientID != "" || o.TenantID != ""),
		"the program brings its own credential", "leave out credential, client_id and tenant_id, or Options.TokenCredential")
	refuse(o.ClientID != "" && (!uuid(o.ClientID) || kind != CredentialManaged && kind != CredentialWorkload),
		"the client ID is not a UUID or has no use", "client_id is a UUID and belongs to credential=managed or credential=workload")
	refuse(o.TenantID != "" && (!tenant(o.TenantID) || kind == CredentialManaged || kind == CredentialEnv),
		"the tenant ID is malformed or has no use",
		"tenant_id is a UUID or a domain and belongs to credential=default, workload or cli; managed and env know their tenant")
	return errs
}

func (o Options) kind() Credential {
	if o.Credential == "" {
		return CredentialDefault
	}
	return o.Credential
}

// uri is the address that a link opens the same place with. TokenCredential and
// HTTPClient have no part in it.
func (o Options) uri() *secretmux.URI {
	u := (&secretmux.URI{Scheme: Scheme, Authority: o.Vault}).
		With("credential", string(o.Credential)).With("client_id", o.ClientID).With("tenant_id", o.TenantID).
		With("prefix", o.Prefix).With("sep", o.Separator).With("api_version", o.APIVersion).With("endpoint", o.Endpoint)
	if o.DeletedAbsent {
		u = u.With("deleted", "absent")
	}
	return u
}

// uuid is strict so that nobody's client secret passes for a client ID, which
// shows in errors.
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
