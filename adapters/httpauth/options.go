package httpauth

import (
	"encoding/base64"
	"net/http"
	"net/textproto"
	"strings"

	"github.com/secretmux/secretmux"
)

// Options says how the credential is sent. The zero Options send
// "Authorization: Bearer" over https, and renew after 401.
type Options struct {
	// Header is the name of the header. Empty means Authorization. A name that is not a
	// token (RFC 9110, section 5.6.2), or that the connection itself needs, such as
	// Host or Content-Length, is ErrInvalid.
	Header string
	// Format makes the header's value from the secret. Nil means Bearer. It is called
	// once for each value, and not for each request. An error, or a value with CR, LF
	// or NUL, is ErrInvalid in New. At a rotation it is a refusal: the old value stays
	// in use, and the store's Status and Check report it. Its error is not shown,
	// because it may quote the secret.
	Format func(secretmux.Secret) (string, error)
	// Unauthorized reports whether an answer means that the credential was refused. Nil
	// means status 401.
	Unauthorized func(*http.Response) bool
	// AllowHTTP sends the credential over plain http too. Otherwise it is sent over
	// http only to loopback addresses.
	AllowHTTP bool
	// Base makes the requests. Nil means http.DefaultTransport.
	Base http.RoundTripper
}

func (o Options) check() (Options, error) {
	if o.Header == "" {
		o.Header = "Authorization"
	}
	if !isToken(o.Header) {
		return o, invalid("Options.Header is not the name of a header", "write a name such as X-Api-Key")
	}
	o.Header = textproto.CanonicalMIMEHeaderKey(o.Header)
	switch o.Header {
	case "Host", "Content-Length", "Transfer-Encoding", "Connection", "Trailer", "Upgrade", "Te":
		return o, invalid("Options.Header is a header of the connection", "write the name of the header in which the server expects the credential")
	}
	if o.Format == nil {
		o.Format = Bearer
	}
	if o.Unauthorized == nil {
		o.Unauthorized = func(r *http.Response) bool { return r.StatusCode == http.StatusUnauthorized }
	}
	if o.Base == nil {
		o.Base = http.DefaultTransport
	}
	return o, nil
}

// isToken is the token of RFC 9110, section 5.6.2.
func isToken(name string) bool {
	for _, c := range []byte(name) {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
		if !letter && !strings.ContainsRune("!#$%&'*+-.^_`|~", rune(c)) {
			return false
		}
	}
	return name != ""
}

// Bearer is "Bearer " and the value without one final line break (RFC 6750). An
// empty value is ErrInvalid.
func Bearer(s secretmux.Secret) (string, error) {
	token, err := Raw(s)
	return "Bearer " + token, err
}

// Raw is the value without one final line break, for headers such as X-Api-Key. An
// empty value is ErrInvalid.
func Raw(s secretmux.Secret) (string, error) {
	value := strings.TrimSuffix(strings.TrimSuffix(s.Reveal(), "\n"), "\r")
	if value == "" {
		return "", invalid("the secret is empty", "store the credential there")
	}
	return value, nil
}

// Basic returns a Format for HTTP's Basic scheme (RFC 7617). User and password are
// fields of one JSON secret, so both come from the same version. A missing field, or a
// user with a colon, is ErrInvalid.
func Basic(userField, passwordField string) func(secretmux.Secret) (string, error) {
	return func(s secretmux.Secret) (string, error) {
		user, err := s.Field(userField)
		if err != nil {
			return "", err
		}
		password, err := s.Field(passwordField)
		if err != nil {
			return "", err
		}
		if strings.Contains(user.Reveal(), ":") {
			return "", invalid("the user has a colon, which Basic can't send", "choose a user without a colon")
		}
		return "Basic " + base64.StdEncoding.EncodeToString([]byte(user.Reveal()+":"+password.Reveal())), nil
	}
}

func invalid(problem, hint string) error { return secretmux.Invalid("http auth", problem, hint) }
