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
