package ps_test

import (
	"testing"

	"github.com/secretmux/secretmux/providers/aws"
	"github.com/secretmux/secretmux/providers/aws/internal/awstest"
)

func open(t *testing.T, opts aws.Options) *aws.Provider {
	t.Helper()
	return awstest.Open(t, aws.NewParameterStore, opts)
}

func TestShared(t *testing.T) {
	awstest.Shared(t, func(t *testing.T) awstest.Account {
		a := newAccount(t)
		return awstest.Account{
			Server: a.Server, Set: func(name, value string) { a.set(full(name), []byte(value)) },
			New: aws.NewParameterStore, Scheme: "aws-ps", Get: "GetParameter", Batch: "GetParameters", List: "DescribeParameters",
			Size: 10, Listed: "Parameters", NotFound: []string{"ParameterNotFound", "ParameterVersionNotFound"},
		}
	})
}
