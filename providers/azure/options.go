package azure

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"

	"github.com/secretmux/secretmux"
)

// Options says how a [Provider] reads its vault. The zero Options are good: the
// SDK's default credentials, names as they are. They are copied; what they point
// to must be safe for concurrent use.
type Options struct {
	// Credential is who asks: CredentialDefault and its like. Empty means
	// CredentialDefault. It must be empty beside TokenCredential.
	Credential string
	// ClientID is the client ID of the identity, a UUID: of a user-assigned one
	// with CredentialManaged, of the application with CredentialWorkload. Empty
	// leaves it to the environment. With another credential it is ErrInvalid.
	ClientID string
	// TenantID is the tenant of the identity, as a UUID or a domain, for
	// CredentialDefault, CredentialWorkload and CredentialCLI. Empty leaves it to
	// the environment. With another credential it is ErrInvalid.
	TenantID string
	// Prefix stands in front of every name: letters, digits and "-".
	Prefix string
	// Separator stands for each "/" of a name: "-", "--" or "---". Names that
	// could then meet are ErrInvalid: those that have Separator in them, and those
	// with a segment that starts or ends with "-". Empty refuses names with "/".
	Separator string
	// DeletedAbsent takes a soft-deleted secret for an absent one. Get then makes
	// one call instead of two when there is no secret, and a chain goes on after
	// one that somebody deleted.
	DeletedAbsent bool
	// APIVersion is the version of Key Vault's API, such as 7.4, for a cloud or an
	// emulator that does not know the SDK's own. Empty means the SDK's.
	APIVersion string

	// TokenCredential replaces the credentials that Credential names.
	TokenCredential azcore.TokenCredential
	// HTTPClient carries the requests to the vault and, unless TokenCredential is
	// set, those of the login. Its CheckRedirect is not used: redirects are never
	// followed. Nil means a client that the provider makes and closes.
	HTTPClient *http.Client
	// Endpoint is the base URL of an emulator on this machine, such as
	// https://localhost:8443, that answers instead of the vault. As no emulator
	// can ask for tokens of its own domain, the check that a vault does so is off
	// there, and TokenCredential is required: no real identity logs in. Any other
	// host is ErrInvalid.
	Endpoint string
}

func (o Options) validate() error {
	return errors.Join(o.validateIdentity(), validPrefix(o.Prefix), validSeparator(o.Separator), o.validateAPIVersion(), o.validateEndpoint())
}

func (o Options) validateIdentity() error {
	kind := o.kind()
	var errs []error
	if !slices.Contains(credentials(), kind) {
		errs = append(errs, mistake("the credential is unknown", "known are "+strings.Join(credentials(), ", ")))
	}
	if o.TokenCredential != nil && (o.Credential != "" || o.ClientID != "" || o.TenantID != "") {
		errs = append(errs, mistake("the program brings its own credential", "leave out credential, client_id and tenant_id, or Options.TokenCredential"))
	}
	if o.ClientID != "" && (!uuid(o.ClientID) || kind != CredentialManaged && kind != CredentialWorkload) {
		errs = append(errs, mistake("the client ID is no UUID or has no use", "client_id is a UUID and belongs to credential=managed or credential=workload"))
	}
	if o.TenantID != "" && (!tenant(o.TenantID) || kind == CredentialManaged || kind == CredentialEnv) {
		errs = append(errs, mistake("the tenant ID is malformed or has no use",
			"tenant_id is a UUID or a domain and belongs to credential=default, workload or cli; managed and env know their tenant"))
	}
	return errors.Join(errs...)
}

func (o Options) validateAPIVersion() error {
	if len(o.APIVersion) > 32 || strings.Trim(o.APIVersion, "abcdefghijklmnopqrstuvwxyz0123456789.-") != "" {
		return mistake("the API version is malformed", "write one such as 7.4")
	}
	return nil
}

func (o Options) validateEndpoint() error {
	if o.Endpoint == "" {
		return nil
	}
	if o.TokenCredential == nil {
		return mistake("Options.Endpoint is set without Options.TokenCredential", "give the credential that the emulator expects")
	}
	_, err := loopbackURL(o.Endpoint)
	return err
}

func (o Options) kind() string {
	if o.Credential == "" {
		return CredentialDefault
	}
	return o.Credential
}

// source is the URI of a link with these options, its parameters in the order of
// secretmux.URI.String.
func (o Options) source(vault string) string {
	params := url.Values{}
	add := func(key, value string) {
		if value != "" {
			params.Set(key, value)
		}
	}
	add("credential", o.Credential)
	add("client_id", o.ClientID)
	add("tenant_id", o.TenantID)
	add("prefix", o.Prefix)
	add("sep", o.Separator)
	add("api_version", o.APIVersion)
	if o.DeletedAbsent {
		add("deleted", "absent")
	}
	source := Scheme + "://" + strings.ToLower(vault)
	if len(params) > 0 {
		source += "?" + params.Encode()
	}
	return source
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

func mistake(problem, hint string) error {
	return &secretmux.Error{Op: "open", Class: secretmux.ErrInvalid, Err: errors.New(problem), Hint: hint}
}
