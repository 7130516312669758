package vault

import (
	"errors"
	"net"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/secretmux/secretmux"
)

// invalid is the error for options that can't work. It never quotes an option,
// because a credential may be in the wrong place.
func invalid(problem, hint string) error { return secretmux.Invalid("open", problem, hint) }

func invalidIf(wrong bool, problem, hint string) error {
	if wrong {
		return invalid(problem, hint)
	}
	return nil
}

// check returns o with its defaults filled in, or everything that is wrong with it.
func (o Options) check() (Options, error) {
	err := errors.Join(
		checkAddress(o.Address),
		invalidIf(!cleanPath(o.Mount), "there is no mount, or its path is malformed", "write vault://host:8200/kv/ for the mount kv"),
		invalidIf(o.Prefix != "" && !cleanPath(o.Prefix), "the folder in the mount is malformed", "write folders as app or app/eu, without . and .."),
		invalidIf(o.KV < 0 || o.KV > 2, "the KV engine has no such version", "it is 1 or 2"),
		invalidIf(o.Dynamic && o.KV != 0, "a dynamic engine has no KV version", "leave out kv= or engine=dynamic"),
		invalidIf((o.CertFile == "") != (o.KeyFile == ""), "only one of the client's certificate and its key is given", "give cert_file= and key_file="),
		invalidIf(o.Transport != nil && (o.CAFile != "" || o.CertFile != ""), "Options has both a Transport and files for TLS", "set up TLS in the Transport"),
		checkFiles(o.CAFile, o.CertFile, o.KeyFile, o.Auth.Credential.File),
		o.checkField(),
		o.Auth.check(o.CertFile != "" || o.Transport != nil),
	)
	if err != nil {
		return Options{}, err
	}
	o = o.withDefaults()
	// After the defaults, because the environment may give a namespace.
	return o, invalidIf(!printable(*o.Namespace) || !printable(*o.Auth.Namespace),
		"a namespace has a control character or is not UTF-8", "write namespace=team/eu; without it, VAULT_NAMESPACE is used")
}

// forShells finds what only a shell replaces in a path: a file with that very name
// would be looked for.
var forShells = regexp.MustCompile(`^~|\$[A-Za-z_{(]`)

func checkFiles(paths ...string) error {
	return invalidIf(slices.ContainsFunc(paths, forShells.MatchString),
		"the path of a file has ~ or a variable in it, which only a shell replaces", "write an absolute path")
}

func (o Options) checkField() error {
	if o.Field == "" {
		return nil
	}
	_, err := secretmux.ParseRef("x#" + o.Field)
	return invalidIf(err != nil, "the field is malformed", "write a key of the document, or a JSON Pointer")
}

// socketHint is for users who try to write the address of a socket.
const socketHint = "unix sockets are not supported: let the agent listen on 127.0.0.1 too, and add http=true"

func checkAddress(address string) error {
	u, err := url.Parse(address)
	switch {
	case err == nil && (u.Scheme == "unix" || u.Scheme == "http+unix"):
		return invalid("the address of the server is a unix socket", socketHint)
	case err != nil || u.Hostname() == "" || strings.HasSuffix(u.Host, ":") || address != u.Scheme+"://"+u.Host || !goodPort(u.Port()):
		return invalid("the address of the server is missing or malformed", "write vault://vault.example.com:8200/kv/; "+socketHint)
	case u.Scheme == "https", u.Scheme == "http" && loopback(u.Hostname()):
		return nil
	case u.Scheme == "http":
		return invalid("plain HTTP would show tokens and secrets to the network",
			"http=true is for loopback hosts only; use TLS, with ca_file= for a CA of your own")
	}
	return invalid("the address of the server has an unknown scheme", "write https, or http for a loopback host")
}

func goodPort(port string) bool {
	if port == "" {
		return true
	}
	n, err := strconv.ParseUint(port, 10, 16)
	return err == nil && n > 0
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

func printable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || r == unicode.ReplacementChar })
}
