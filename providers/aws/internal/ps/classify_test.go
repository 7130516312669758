package ps_test

import (
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws/internal/awstest"
)

func TestClassify(t *testing.T) {
	tests := []struct {
		Code, Message string
		Status        int
		Class         error
		Hint          string
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
		{"NotAuthorized", "", 400, secretmux.ErrDenied, "ssm:GetParameter"},
		{"RequestTimeoutException", "", 400, secretmux.ErrUnavailable, ""},
		{"ServiceQuotaExceededException", "", 400, secretmux.ErrInvalid, "API reference"},
		{"InternalServerError", "", 500, secretmux.ErrUnavailable, ""},
		{"", "", 404, secretmux.ErrInvalid, "endpoint"},
	}
	for _, tt := range tests {
		t.Run(tt.Code+" "+tt.Message, func(t *testing.T) {
			a := newAccount(t)
			awstest.Classify(t, a.Server, open(t, awstest.At(a.URL)), "GetParameter", tt)
		})
	}
}
