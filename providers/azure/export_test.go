package azure

import (
	"strings"

	"github.com/Azure/azure-sdk-for-go/sdk/security/keyvault/azsecrets"
)

// Key returns the key of a name for a provider with this prefix and separator.
func Key(prefix, separator, name string) (string, error) { return mapping{prefix, separator}.key(name) }

// Name is the reverse of Key.
func Name(prefix, separator, key string) (string, bool) { return mapping{prefix, separator}.name(key) }

// ParseID reads the id of a secret.
func ParseID(id string) (name, version string) {
	typed := azsecrets.ID(id)
	return parseID(&typed)
}

// VaultHost returns the host of a vault.
func VaultHost(vault string) (string, error) { return vaultHost(strings.ToLower(vault)) }

// LoginPause is how long a failed login is remembered.
const LoginPause = loginPause
