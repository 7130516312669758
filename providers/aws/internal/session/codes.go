package session

import (
	"net/http"
	"regexp"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws/retry"

	"github.com/secretmux/secretmux"
)

// codeClass classifies the error codes that all services share. It returns nil for
// other codes.
func codeClass(code string) (class error, hint string) {
	if _, throttled := retry.DefaultThrottleErrorCodes[code]; throttled || strings.Contains(code, "Throttl") {
		return secretmux.ErrThrottled, "the account's quota of calls is used up; raise ttl= or ask for a higher quota"
	}
	switch code {
	case "AccessDeniedException", "AccessDenied", "NotAuthorized", "UnauthorizedOperation", "OptInRequired":
		return secretmux.ErrDenied, ""
	case "UnrecognizedClientException", "InvalidClientTokenId", "InvalidAccessKeyId", "AuthFailure",
		"MissingAuthenticationToken", "MissingAuthenticationTokenException", "InvalidToken",
		"UnauthorizedException", "InvalidIdentityToken", "InvalidGrantException", "IDPRejectedClaim":
		return secretmux.ErrUnauthenticated, "check the credentials of this process: AWS does not know the access key or token"
	case "ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired":
		return secretmux.ErrUnauthenticated, "the session has ended; renew the credentials of this process"
	case "InvalidSignatureException", "SignatureDoesNotMatch", "IncompleteSignature", "IncompleteSignatureException",
		"RequestExpired", "RequestTimeTooSkewed":
		return secretmux.ErrUnauthenticated, "check the secret access key and the clock of this machine: the signature was refused"
	case "ValidationException", "ValidationError", "InvalidParameterException", "InvalidParameterValue", "UnknownOperationException":
		return secretmux.ErrInvalid, "check the name and the endpoint: the service does not accept the request"
	case "InternalServiceError", "InternalServerError", "InternalFailure", "InternalError", "ServiceUnavailable",
		"ServiceUnavailableException", "IDPCommunicationError":
		return secretmux.ErrUnavailable, ""
	}
	if _, late := retry.DefaultRetryableErrorCodes[code]; late { // RequestTimeout and similar codes
		return secretmux.ErrUnavailable, ""
	}
	return nil, ""
}

// statusClass classifies answers by their HTTP status only. 404 is not ErrNotFound:
// the services report absence with a code, and a proxy can't know.
func statusClass(status int) (class error, hint string) {
	switch {
	case status == http.StatusTooManyRequests:
		return secretmux.ErrThrottled, "a proxy or gateway in front of the service limits calls"
	case status == http.StatusUnauthorized:
		return secretmux.ErrUnauthenticated, "a proxy or gateway in front of the service asks for its own credentials"
	case status == http.StatusForbidden:
		return secretmux.ErrDenied, "a proxy, gateway or endpoint policy in front of the service refuses the call; check the endpoint and its policy"
	case status >= 500, status == http.StatusProxyAuthRequired, status == http.StatusRequestTimeout:
		return secretmux.ErrUnavailable, ""
	case status >= 300:
		return secretmux.ErrInvalid, "check the endpoint and the proxy: another server answers there, and not the service"
	}
	return secretmux.ErrCorrupt, "check the endpoint and the proxy: the answer is not from the service"
}

// knownCode reports whether code looks like a code of AWS. An answer may have any
// text in that place.
func knownCode(code string) bool {
	if class, _ := codeClass(code); class != nil {
		return true
	}
	return codeLike.MatchString(code)
}

func requestIDLike(id string) string {
	if idLike.MatchString(id) {
		return id
	}
	return ""
}

var (
	codeLike = regexp.MustCompile(`^[A-Z][A-Za-z.]{0,60}(Exception|Error|Failure|Fault|NotFound|KeyId)$`)
	idLike   = regexp.MustCompile(`^[0-9a-fA-F-]{8,64}$`)
)
