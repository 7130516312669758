package azure

import (
	"net"
	"net/url"
	"os"
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/cloud"

	"github.com/secretmux/secretmux"
)

const (
	publicDomain = "vault.azure.net"
	chinaDomain  = "vault.azure.cn"
	usGovDomain  = "vault.usgovcloudapi.net"
)

// vaultHost returns the host of a vault in lower case. given is its name or its
// host.
func vaultHost(vault string) (string, error) {
	if vault == "" {
		return "", secretmux.Invalid("open", "no vault is named", "write azure-kv://my-vault or azure-kv://my-vault.vault.azure.cn")
	}
	if !strings.Contains(vault, ".") {
		if !validVaultName(vault) {
			return "", secretmux.Invalid("open", "the vault's name is malformed",
				"write 3 to 24 letters, digits and -; start with a letter, and use neither -- nor a - at the end")
		}
		return vault + "." + publicDomain, nil
	}
	if !validHost(vault) {
		return "", secretmux.Invalid("open", "the vault's host is malformed",
			"write the host without a port, as in my-vault.vault.azure.net; set Options.Endpoint for an emulator")
	}
	return vault, nil
}

// validVaultName follows Key Vault's rule for names of vaults.
func validVaultName(name string) bool {
	return len(name) >= 3 && len(name) <= 24 && validLabel(name) && name[0] >= 'a' && !strings.Contains(name, "--")
}

// validHost reports whether host is a DNS name of a machine that is not this one.
// The SDK checks that a vault asks only for tokens of its own domain. That check
// needs a label below a domain.
func validHost(host string) bool {
	labels := strings.Split(host, ".")
	last := labels[len(labels)-1]
	if len(host) > 253 || len(labels) < 3 || last == "localhost" || strings.Trim(last, "0123456789") == "" {
		return false
	}
	for _, label := range labels {
		if !validLabel(label) {
			return false
		}
	}
	return true
}

func validLabel(label string) bool {
	return label != "" && len(label) <= 63 && label[0] != '-' && label[len(label)-1] != '-' &&
		strings.Trim(label, "abcdefghijklmnopqrstuvwxyz0123456789-") == ""
}

// cloudOf returns the cloud in which the identities of a vault log in.
// AZURE_AUTHORITY_HOST overrides it: with the zero configuration the SDK reads that
// variable.
func cloudOf(host string) cloud.Configuration {
	switch {
	case os.Getenv("AZURE_AUTHORITY_HOST") != "":
	case strings.HasSuffix(host, "."+chinaDomain):
		return cloud.AzureChina
	case strings.HasSuffix(host, "."+usGovDomain):
		return cloud.AzureGovernment
	}
	return cloud.Configuration{}
}

// loopbackURL returns the base URL of an emulator on this machine, without a slash
// at its end.
func loopbackURL(endpoint string) (string, error) {
	u, err := url.Parse(strings.ToLower(endpoint))
	if err != nil || u.Scheme != "https" || u.User != nil || u.RawQuery != "" || u.Fragment != "" ||
		strings.Trim(u.Path, "/") != "" || !loopback(u.Hostname()) {
		return endpoint, secretmux.Invalid("open", "the endpoint is not an https URL of this machine",
			"write https://localhost:8443; for a real vault write its host instead of endpoint=")
	}
	return "https://" + u.Host, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || strings.HasSuffix(host, ".localhost") || ip != nil && ip.IsLoopback()
}
