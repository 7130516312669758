package ps_test

import (
	"net/http"
	"testing"

	"github.com/secretmux/secretmux/providers/aws/internal/awstest"
	"github.com/secretmux/secretmux/testing/faultscript"
)

func TestNothingLeaks(t *testing.T) {
	awstest.NothingLeaks(t, "aws-ps", func(t *testing.T, bad http.Handler) string {
		a := newAccount(t)
		a.set("good", []byte(faultscript.Canary))
		a.Fail["bad"] = bad.ServeHTTP
		return a.URL
	})
}
