package acme

import (
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strings"

	"github.com/secretmux/secretmux"
)

// Options say where the secrets are, and with which credential they are read. Host and
// one of Token and TokenFile are required.
type Options struct {
	// Host is the server, with its port if that is not 443.
	Host string
	// Folder is put in front of every name, with a "/" between. Empty means no folder.
	Folder string
	// Token is the credential.
	Token secretmux.Secret
	// TokenFile names a file that holds the credential. It is read for each call, so the
	// credential may rotate too.
	TokenFile string
	// HTTP allows plain HTTP, but only to this machine.
	HTTP bool
	// Transport replaces the connection to the server. It is for tests.
	Transport http.RoundTripper
}

func (o Options) check() error {
	refuse := func(problem, hint string) error { return secretmux.Invalid("open", problem, hint) }
	u, err := url.Parse("https://" + o.Host)
	switch {
	case o.Host == "":
		return refuse("the host is missing", "write the host after //, as in acme://secrets.example.com/prod")
	case err != nil || u.Host != o.Host: // the cause quotes the host and is dropped
		return refuse("the host is malformed", "write a host, or a host and a port")
	case o.Folder != "" && secretmux.ValidateName(o.Folder) != nil:
		return refuse("the folder is malformed", "write a folder such as prod or team/prod")
	case o.HTTP && !loopback(u.Hostname()):
		return refuse("plain HTTP would show the token to the network", "leave out http=true")
	case o.Token.IsZero() == (o.TokenFile == ""):
		return refuse("there is no credential, or more than one", "set either token_file= or Options.Token")
	}
	return nil
}

func loopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return host == "localhost" || err == nil && ip.IsLoopback()
}

// token returns the present credential. The cause of a failure quotes the path. It is
// dropped, because the path may be the token itself by mistake.
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
