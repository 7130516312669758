package acme

import (
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strings"

	"github.com/secretmux/secretmux"
)

// Options say where the secrets are and who asks. Host is required, and one of Token
// and TokenFile.
type Options struct {
	// Host is the server, with its port where that is not 443.
	Host string
	// Folder comes before every name, with a "/" between. Empty means none.
	Folder string
	// Token is the credential.
	Token secretmux.Secret
	// TokenFile names a file that holds the credential. It is read for each call, so
	// that the credential may rotate too.
	TokenFile string
	// HTTP allows plain HTTP, to this machine only.
	HTTP bool
	// Transport replaces the connection to the server. It is for tests.
	Transport http.RoundTripper
}

func (o Options) check() error {
	refuse := func(problem, hint string) error { return secretmux.Invalid("open", problem, hint) }
	u, err := url.Parse("https://" + o.Host)
	switch {
	case o.Host == "":
		return refuse("the host is missing", "write it after //, as in acme://secrets.example.com/prod")
	case err != nil || u.Host != o.Host: // the cause quotes the host and is dropped
		return refuse("the host is not one", "write a host and perhaps a port")
	case o.Folder != "" && secretmux.ValidateName(o.Folder) != nil:
		return refuse("the folder can't be one", "write it as a part of a name, such as prod or team/prod")
	case o.HTTP && !loopback(u.Hostname()):
		return refuse("plain HTTP would show the token to the network", "leave out http=true")
	case o.Token.IsZero() == (o.TokenFile == ""):
		return refuse("there must be one credential", "set token_file=, or Options.Token and not both")
	}
	return nil
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// token returns the credential of the moment. The cause of a failure quotes the
// path, and the token itself may be there by mistake, so the cause is dropped.
func (o Options) token() (string, error) {
	if o.TokenFile == "" {
		return o.Token.Reveal(), nil
	}
	info, err := os.Stat(o.TokenFile)
	if err != nil || !info.Mode().IsRegular() { // opening a FIFO would wait for its writer
		return "", errNoToken
	}
	text, err := os.ReadFile(o.TokenFile)
	token := strings.TrimSpace(string(text))
	if err != nil || token == "" {
		return "", errNoToken
	}
	return token, nil
}
