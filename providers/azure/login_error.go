package azure

import (
	"errors"
	"net"
	"net/http"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azidentity"

	"github.com/secretmux/secretmux"
)

// loginError says why there is no token. From the SDK's texts it takes only codes
// and names: those texts quote answers, paths and the output of programs.
type loginError struct {
	credential string
	of         error // the class
	hint       string
	problem    string   // the cause that this package found itself
	tried      []string // the credentials that the default one tried
	status     int      // of the answer, if there was one
	code       string   // such as AADSTS7000215
}

func (e *loginError) Error() string {
	text := e.credential + " gave no token"
	if e.problem != "" {
		text += ": " + e.problem
	}
	if e.status != 0 {
		text += ": status " + strconv.Itoa(e.status)
	}
	if e.code != "" {
		text += ": " + e.code
	}
	if len(e.tried) > 0 {
		text += "; tried " + strings.Join(e.tried, ", ")
	}
	return text
}

func (e *loginError) class() (class error, hint string) { return e.of, e.hint }

// NonRetriable tells the SDK not to ask again: the store does that.
func (e *loginError) NonRetriable() {}

func (l *login) late(wait time.Duration) error {
	return &loginError{
		credential: l.name, of: secretmux.ErrUnavailable, hint: l.hint,
		problem: "it took longer than " + wait.Round(time.Millisecond).String(),
	}
}

// failure turns an error of the SDK, or of the program's credential, into a
// *loginError.
func (l *login) failure(err error, call *call) error {
	e := &loginError{
		credential: l.name, of: secretmux.ErrUnauthenticated, hint: l.hint,
		tried: triedIn(err.Error(), l.name), code: entraCode(err.Error()),
	}
	var (
		refused *azidentity.AuthenticationFailedError
		network net.Error
	)
	switch {
	case errors.As(err, &refused) && refused.RawResponse != nil:
		e.status = refused.RawResponse.StatusCode
		e.of = loginClass(e.status)
	case errors.As(err, &network),
		// The default credential has another error if it found none of its
		// credentials. A missing metadata server is normal then.
		refused != nil && call != nil && call.unreachable.Load():
		e.of, e.problem = secretmux.ErrUnavailable, "the login server or the metadata server can't be reached"
	case strings.Contains(err.Error(), "isn't configured to acquire tokens for tenant"):
		e.problem = "the vault and the identity belong to different tenants"
		e.hint = "allow the vault's tenant in AZURE_ADDITIONALLY_ALLOWED_TENANTS, or use an identity of that tenant"
	}
	return e
}

func loginClass(status int) error {
	switch {
	case status == http.StatusTooManyRequests:
		return secretmux.ErrThrottled
	case status == http.StatusRequestTimeout, status >= http.StatusInternalServerError:
		return secretmux.ErrUnavailable
	}
	return secretmux.ErrUnauthenticated
}

// entraCode finds the error code of Microsoft Entra ID. Only digits follow the
// prefix, so it can't quote anything.
func entraCode(text string) string {
	return regexp.MustCompile(`AADSTS[0-9]{4,8}\b`).FindString(text)
}

// triedIn finds the credentials that an error names, except the one that failed.
func triedIn(text, self string) []string {
	var tried []string
	for _, name := range []string{
		"EnvironmentCredential", "WorkloadIdentityCredential", "ManagedIdentityCredential",
		"AzureCLICredential", "AzureDeveloperCLICredential", "AzurePowerShellCredential",
		"ClientSecretCredential", "ClientCertificateCredential", // the letters of the first one
	} {
		if name != self && (strings.Contains(text, name+": ") || strings.Contains(text, name+" authentication failed")) {
			tried = append(tried, name)
		}
	}
	return tried
}
