package sm_test

import (
	"testing"

	"github.com/secretmux/secretmux/providers/aws/internal/awstest"
)

func TestHang(t *testing.T) {
	awstest.Hang(t, "aws-sm")
}

func TestClosed(t *testing.T) {
	a := newAccount(t)
	a.set("db", nil)
	awstest.Closed(t, open(t, awstest.At(a.URL)))
}
