package ps_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws/session"
	"github.com/secretmux/secretmux/testing/faultscript"
)

func TestClassify(t *testing.T) {
	tests := []struct {
		code, message string
		status        int
		class         error
		hint          string
	}{
		{"ParameterNotFound", "", 400, secretmux.ErrNotFound, ""},
		{"ParameterVersionNotFound", "", 400, secretmux.ErrNotFound, ""},
		{"InvalidKeyId", "", 400, secretmux.ErrDenied, "kms:Decrypt"},
		{"AccessDeniedException", "User is not authorized to perform: ssm:GetParameter", 400, secretmux.ErrDenied, "ssm:GetParameter"},
		{"AccessDeniedException", "The ciphertext refers to a KMS key that you may not use", 400, secretmux.ErrDenied, "kms:Decrypt"},
		{"ValidationException", "", 400, secretmux.ErrInvalid, ""},
		{"UnrecognizedClientException", "", 400, secretmux.ErrUnauthenticated, ""},
		{"ExpiredTokenException", "", 400, secretmux.ErrUnauthenticated, ""},
		{"ThrottlingException", "Rate exceeded", 400, secretmux.ErrThrottled, "ttl="},
		{"InternalServerError", "", 500, secretmux.ErrUnavailable, ""},
		{"", "", 404, secretmux.ErrInvalid, "endpoint"},
	}
	for _, tt := range tests {
		t.Run(tt.code+" "+tt.message, func(t *testing.T) {
			a := newAccount(t)
			a.fail["db"] = func(w http.ResponseWriter, _ *http.Request) {
				fail(w, tt.status, reply{tt.code, tt.message + " " + faultscript.Canary})
			}
			_, err := open(t, at(a.url)).Get(t.Context(), "db")
			wantClass(t, err, tt.class)
			if !strings.Contains(err.Error(), tt.hint) {
				t.Errorf("the error does not speak of %q: %v", tt.hint, err)
			}
			var api *session.APIError
			if !errors.As(err, &api) || api.Code != tt.code || api.Status != tt.status || api.Operation != "GetParameter" {
				t.Errorf("the cause is %#v", api)
			}
		})
	}
}
