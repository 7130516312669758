package azure_test

import (
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/azure"
)

const clientID = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee"

func openURI(t *testing.T, link string, o azure.Options) (secretmux.Provider, error) {
	t.Helper()
	u, err := secretmux.ParseURI(link)
	if err != nil {
		t.Fatal(err)
	}
	return o.Backend()[u.Scheme](t.Context(), u)
}

// Opening works without a network, a vault or a credential, and the provider's URI
// has the link's parameters.
func TestOpen(t *testing.T) {
	for _, link := range []string{
		"azure-kv://my-vault",
		"azure-kv://my-vault.vault.azure.cn",
		"azure-kv://my-vault.vault.usgovcloudapi.net?credential=managed",
		"azure-kv://my-vault?client_id=" + clientID + "&credential=managed",
		"azure-kv://my-vault?client_id=" + clientID + "&credential=workload&tenant_id=contoso.onmicrosoft.com",
		"azure-kv://my-vault?credential=cli&tenant_id=" + tenantID,
		"azure-kv://my-vault?credential=env",
		"azure-kv://my-vault?api_version=7.4&deleted=absent&prefix=shop-&sep=--",
	} {
		p, err := openURI(t, link, azure.Options{})
		if err != nil {
			t.Errorf("%s: %v", link, err)
			continue
		}
		if got := p.(*azure.Provider).String(); got != link {
			t.Errorf("%s opens as %s", link, got)
		}
	}
	for _, link := range []string{"azure-kv://My-Vault", "azure-kv://my-vault/"} {
		p, err := openURI(t, link, azure.Options{})
		if err != nil || p.(*azure.Provider).String() != "azure-kv://my-vault" {
			t.Errorf("%s opens as %v, %v", link, p, err)
		}
	}
	if backend := azure.Backend(); len(backend) != 1 || backend[azure.Scheme] == nil {
		t.Errorf("Backend() = %v", backend)
	}
}

// Options that a program wrote in code have an address too. It opens a provider with
// the same address. A credential of the program's own is given again.
func TestStringReopens(t *testing.T) {
	own := &credential{}
	for _, opts := range []azure.Options{
		{Vault: "My-Vault"},
		{Vault: "my-vault.vault.azure.cn", Credential: azure.CredentialManaged, ClientID: clientID},
		{Vault: vaultName, Credential: azure.CredentialWorkload, ClientID: clientID, TenantID: "contoso.onmicrosoft.com"},
		{Vault: vaultName, Credential: azure.CredentialDefault, Prefix: "Shop-", Separator: "---", DeletedAbsent: true, APIVersion: "7.4"},
		{Vault: vaultName, TokenCredential: own},
		{Vault: vaultName, TokenCredential: own, Endpoint: "https://LOCALHOST:8443/"},
		{Vault: vaultName, TokenCredential: own, Endpoint: "https://[::1]:8443"},
	} {
		p, err := azure.New(opts)
		if err != nil {
			t.Errorf("%+v: %v", opts, err)
			continue
		}
		again, err := openURI(t, p.String(), azure.Options{TokenCredential: opts.TokenCredential})
		if err != nil || again.(*azure.Provider).String() != p.String() {
			t.Errorf("%s opens as %v, %v", p, again, err)
		}
	}
}

// A link without a vault reads the vault of the options. The vault of a link
// overrides it.
func TestVaultOfTheOptions(t *testing.T) {
	for link, want := range map[string]string{
		"azure-kv:?prefix=shop-": "azure-kv://my-vault?prefix=shop-",
		"azure-kv://other-vault": "azure-kv://other-vault",
	} {
		p, err := openURI(t, link, azure.Options{Vault: vaultName})
		if err != nil || p.(*azure.Provider).String() != want {
			t.Errorf("%s opens as %v, %v, want %s", link, p, err, want)
		}
	}
}

func TestOpenRefuses(t *testing.T) {
	tests := []struct{ link, hint string }{
		{"azure-kv:", "no vault"},
		{"azure-kv:canary", "no vault"},
		{"azure-kv://ca", "3 to 24"},
		{"azure-kv://canary-", "3 to 24"},
		{"azure-kv://1canary", "3 to 24"},
		{"azure-kv://can--ary", "3 to 24"},
		{"azure-kv://can_ary", "3 to 24"},
		{"azure-kv://" + strings.Repeat("canary", 5), "3 to 24"},
		{"azure-kv://canary:443", "3 to 24"},
		{"azure-kv://canary.vault.azure.net:443", "without a port"},
		{"azure-kv://canary.net", "host is malformed"},
		{"azure-kv://canary..vault.net", "host is malformed"},
		{"azure-kv://127.0.0.1", "host is malformed"},
		{"azure-kv://127.0.0.1:8443", "host is malformed"},
		{"azure-kv://a.canary.localhost", "host is malformed"},
		{"azure-kv://canary/shop", "takes no path"},
		{"azure-kv://canary?credential=token", "credential takes"},
		{"azure-kv://canary?client_id=" + clientID, "write a UUID"},
		{"azure-kv://canary?credential=managed&client_id=canary", "write a UUID"},
		{"azure-kv://canary?credential=managed&client_id=" + strings.Repeat("canary", 6), "write a UUID"},
		{"azure-kv://canary?credential=managed&tenant_id=" + tenantID, "write a UUID or a domain"},
		{"azure-kv://canary?tenant_id=canary", "write a UUID or a domain"},
		{"azure-kv://canary?prefix=canary_", "prefix"},
		{"azure-kv://canary?prefix=" + strings.Repeat("canary", 30), "prefix"},
		{"azure-kv://canary?sep=_", "sep takes"},
		{"azure-kv://canary?deleted=canary", "deleted takes"},
		{"azure-kv://canary?api_version=canary%2F", "API version"},
		{"azure-kv://canary?endpoint=https%3A%2F%2Fcanary", "not an https URL of this machine"},
		{"azure-kv://canary?endpoint=https%3A%2F%2Flocalhost%3A1", "is set without Options.TokenCredential"},
		{"azure-kv://canary?tenant=canary", "known are"},
	}
	for _, tt := range tests {
		p, err := openURI(t, tt.link, azure.Options{})
		if p != nil || secretmux.ClassOf(err) != secretmux.ErrInvalid {
			t.Errorf("%s: provider %v, %v", tt.link, p, err)
			continue
		}
		if !strings.Contains(err.Error(), tt.hint) || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %v does not say %q, or quotes", tt.link, err, tt.hint)
		}
	}
}

// All faults of a link are reported together.
func TestOpenReportsAll(t *testing.T) {
	_, err := openURI(t, "azure-kv://x/y?prefix=_&sep=.&nope=1&tenant_id=x", azure.Options{})
	for _, part := range []string{"3 to 24", "path", "prefix", "sep takes", "unknown", "tenant_id"} {
		if err == nil || !strings.Contains(err.Error(), part) {
			t.Errorf("%v does not mention %s", err, part)
		}
	}
}

func TestOptionsRefused(t *testing.T) {
	own := &credential{}
	tests := []struct {
		name string
		opts azure.Options
		says string
	}{
		{"unknown credential", azure.Options{Credential: "canary"}, "write one of"},
		{"two credentials", azure.Options{TokenCredential: own, Credential: azure.CredentialCLI}, "together with another credential"},
		{"unknown separator", azure.Options{Separator: "/"}, "write sep="},
		{"only an endpoint", azure.Options{Endpoint: "https://localhost:1"}, "is set without Options.TokenCredential"},
		{"endpoint elsewhere", azure.Options{TokenCredential: own, Endpoint: "https://canary.example.com"}, "this machine"},
		{"endpoint like here", azure.Options{TokenCredential: own, Endpoint: "https://localhost.canary.com"}, "this machine"},
		{"endpoint without TLS", azure.Options{TokenCredential: own, Endpoint: "http://localhost:1"}, "https"},
		{"endpoint with a path", azure.Options{TokenCredential: own, Endpoint: "https://localhost:1/canary"}, "this machine"},
		{"endpoint with a user", azure.Options{TokenCredential: own, Endpoint: "https://canary@localhost:1"}, "this machine"},
		{"malformed endpoint", azure.Options{TokenCredential: own, Endpoint: "https://%canary"}, "this machine"},
	}
	for _, tt := range tests {
		tt.opts.Vault = vaultName
		p, err := azure.New(tt.opts)
		if p != nil || secretmux.ClassOf(err) != secretmux.ErrInvalid || !strings.Contains(err.Error(), tt.says) || strings.Contains(err.Error(), "canary") {
			t.Errorf("%s: %v, %v", tt.name, p, err)
		}
	}
	for _, endpoint := range []string{"https://localhost:1", "https://127.0.0.1:1/", "https://[::1]:1", "https://my-vault.localhost:1"} {
		if _, err := azure.New(azure.Options{Vault: vaultName, TokenCredential: own, Endpoint: endpoint}); err != nil {
			t.Errorf("%s: %v", endpoint, err)
		}
	}
	if _, err := openURI(t, "azure-kv://my-vault?credential=cli", azure.Options{TokenCredential: own}); secretmux.ClassOf(err) != secretmux.ErrInvalid {
		t.Errorf("a link that names another credential than the program's: %v", err)
	}
}
