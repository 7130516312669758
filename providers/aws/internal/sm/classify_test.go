package sm_test

import (
	"net/http"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/aws/internal/awstest"
	"github.com/secretmux/secretmux/testing/faultscript"
)

func TestClassify(t *testing.T) {
	tests := []struct {
		Code, Message string
		Status        int
		Class         error
		Hint          string
	}{
		{"ResourceNotFoundException", "Secrets Manager can't find the specified secret.", 400, secretmux.ErrNotFound, ""},
		{"ResourceNotFoundException", "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT", 400, secretmux.ErrDisabled, "no current value"},
		{"InvalidRequestException", "You can't perform this operation on the secret because it was marked for deletion.", 400, secretmux.ErrDisabled, "scheduled for deletion"},
		{"InvalidRequestException", "You tried to perform the operation on a secret that's currently marked deleted.", 400, secretmux.ErrDisabled, "deletion"},
		{"InvalidRequestException", "Something else", 400, secretmux.ErrDisabled, "deletion"},
		{"InvalidRequestException", "from a gateway", 403, secretmux.ErrDenied, ""},
		{"InvalidParameterException", "", 400, secretmux.ErrInvalid, ""},
		{"ValidationException", "", 400, secretmux.ErrInvalid, ""},
		{"AccessDeniedException", "User: x is not authorized", 400, secretmux.ErrDenied, "secretsmanager:GetSecretValue"},
		{"AccessDeniedException", "Access to KMS is not allowed", 400, secretmux.ErrDenied, "kms:Decrypt"},
		{"DecryptionFailure", "", 400, secretmux.ErrDenied, "kms:Decrypt"},
		{"KMSInvalidStateException", "", 400, secretmux.ErrDenied, "KMS key"},
		{"KMSThrottlingException", "", 400, secretmux.ErrThrottled, "quota"},
		{"UnrecognizedClientException", "", 400, secretmux.ErrUnauthenticated, "access key"},
		{"ExpiredTokenException", "", 400, secretmux.ErrUnauthenticated, "session"},
		{"InvalidSignatureException", "", 400, secretmux.ErrUnauthenticated, "clock"},
		{"IncompleteSignature", "", 403, secretmux.ErrUnauthenticated, ""},
		{"MissingAuthenticationToken", "", 403, secretmux.ErrUnauthenticated, ""},
		{"ThrottlingException", "Rate exceeded", 400, secretmux.ErrThrottled, "ttl="},
		{"TooManyRequestsException", "", 429, secretmux.ErrThrottled, ""},
		{"LimitExceededException", "", 400, secretmux.ErrThrottled, ""},
		{"InternalServiceError", "", 500, secretmux.ErrUnavailable, ""},
		{"ServiceUnavailable", "", 503, secretmux.ErrUnavailable, ""},
		{"AccessDeniedException", "from a broken service", 500, secretmux.ErrUnavailable, ""},
		{"NotAuthorized", "", 400, secretmux.ErrDenied, "secretsmanager:GetSecretValue"},
		{"RequestTimeout", "", 400, secretmux.ErrUnavailable, ""},
		{"RequestTimeoutException", "", 400, secretmux.ErrUnavailable, ""},
		{"InternalError", "", 400, secretmux.ErrUnavailable, ""},
		{"ServiceQuotaExceededException", "", 400, secretmux.ErrInvalid, "API reference"},
		{"NobodyKnowsThisException", "", 418, secretmux.ErrInvalid, "API reference"},
		{"NobodyKnowsThisException", "", 403, secretmux.ErrDenied, "API reference"},
		{"", "", 400, secretmux.ErrInvalid, ""},
		{"", "", 401, secretmux.ErrUnauthenticated, ""},
		{"", "", 403, secretmux.ErrDenied, ""},
		{"", "", 404, secretmux.ErrInvalid, "endpoint"},
		{"", "", 407, secretmux.ErrUnavailable, ""},
	}
	for _, tt := range tests {
		t.Run(tt.Code+" "+tt.Message, func(t *testing.T) {
			a := newAccount(t)
			awstest.Classify(t, a.Server, open(t, awstest.At(a.URL)), "GetSecretValue", tt)
		})
	}
}

// The error code and the request id of an answer may hold any text.
func TestCodeMayBeAnything(t *testing.T) {
	a := newAccount(t)
	a.Fail["db"] = func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("X-Amzn-Requestid", faultscript.Canary)
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"__type":"` + faultscript.Canary + `","Message":"` + faultscript.Canary + `"}`))
	}
	_, err := open(t, awstest.At(a.URL)).Get(t.Context(), "db")
	awstest.WantClass(t, err, secretmux.ErrInvalid)
}
