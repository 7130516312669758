package sm_test

import (
	"testing"

	"github.com/secretmux/secretmux/providers/aws/internal/awstest"
	"github.com/secretmux/secretmux/providers/aws/session"
	"github.com/secretmux/secretmux/providers/aws/sm"
)

func open(t *testing.T, opts session.Options) *sm.Provider {
	t.Helper()
	return awstest.Open(t, sm.New, opts)
}
