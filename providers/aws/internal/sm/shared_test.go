package sm_test

import (
	"testing"

	"github.com/secretmux/secretmux/providers/aws"
	"github.com/secretmux/secretmux/providers/aws/internal/awstest"
)

func open(t *testing.T, opts aws.Options) *aws.Provider {
	t.Helper()
	return awstest.Open(t, aws.NewSecretsManager, opts)
}

func TestShared(t *testing.T) {
	awstest.Shared(t, func(t *testing.T) awstest.Account {
		a := newAccount(t)
		return awstest.Account{
			Server: a.Server, Set: func(name, value string) { a.set(name, []byte(value)) },
			New: aws.NewSecretsManager, Scheme: "aws-sm", Get: "GetSecretValue", Batch: "BatchGetSecretValue", List: "ListSecrets",
			Size: 20, Listed: "SecretList", NotFound: []string{"ResourceNotFoundException"},
		}
	})
}
