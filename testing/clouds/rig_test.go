package clouds_test

import (
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws"
	"github.com/secretmux/secretmux/providers/azure"
	"github.com/secretmux/secretmux/providers/gcp"
	"github.com/secretmux/secretmux/providers/vault"
)

// link is a link of one scheme that calls a server at an address on loopback.
type link struct {
	scheme string
	at     func(t *testing.T, address string) (config string, backend secretmux.Backend)
}

func links() []link {
	config := func(before, after string, backend secretmux.Backend) func(*testing.T, string) (string, secretmux.Backend) {
		return func(_ *testing.T, address string) (string, secretmux.Backend) {
			return before + address + after, backend
		}
	}
	return []link{
		{"aws-sm", config("aws-sm://eu-west-1/?endpoint=http://", "", aws.Backend())},
		{"aws-ps", config("aws-ps://eu-west-1/?endpoint=http://", "", aws.Backend())},
		{"vault", config("vault://", "/kv/app/?http=true", vault.Backend())},
		{"gcp-sm", config("gcp-sm://my-project?endpoint=", "", gcp.Backend())},
		{"azure-kv", func(t *testing.T, address string) (string, secretmux.Backend) {
			return "azure-kv://my-vault?credential=env", azure.Options{HTTPClient: leading(t, address)}.Backend()
		}},
	}
}
