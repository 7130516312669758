package ps_test

import (
	"testing"

	"github.com/secretmux/secretmux/providers/aws/internal/awstest"
	"github.com/secretmux/secretmux/providers/aws/ps"
)

func TestHang(t *testing.T) {
	awstest.Hang(t, ps.Scheme, ps.Open(awstest.At("")))
}

func TestClosed(t *testing.T) {
	a := newAccount(t)
	a.set("db", nil)
	awstest.Closed(t, open(t, awstest.At(a.URL)))
}
