package ps_test

import (
	"testing"

	"github.com/secretmux/secretmux/providers/aws/internal/awstest"
	"github.com/secretmux/secretmux/providers/aws/ps"
	"github.com/secretmux/secretmux/providers/aws/session"
)

func open(t *testing.T, opts session.Options) *ps.Provider {
	t.Helper()
	return awstest.Open(t, ps.New, opts)
}
