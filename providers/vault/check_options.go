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
// because a credential may be in the wrong place: a token pasted as the mount is
// the commonest way in which a secret reaches a log.
func invalid(problem, hint string) error { return secretmux.Invalid("open", problem, hint) }

// invalidIf lets check be a list, where each rule is one line and no rule hides
// another.
func invalidIf(wrong bool, problem, hint string) error {
	if wrong {
		return invalid(problem, hint)
	}
	return nil
}

// check returns o with its defaults filled in, or everything that is wrong with it.
// It reads no file and makes no call: opening a store must not depend on the
// network, and a file may appear later.
func (o Options) check() (Options, error) {
	err := errors.Join(
		checkAddress(o.Address),
		invalidIf(!cleanPath(o.Mount), "there is no mount, or its path is malformed", "write vault://host:8200/kv/ for the mount kv"),
		invalidIf(o.Prefix != "" && !cleanPath(o.Prefix), "the folder in the mount is malformed", "write folders as app or app/eu, without . and .."),
		invalidIf(o.KV < 0 || o.KV > 2, "the KV engine has no such version", "write 1 or 2"),
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
	// After the defaults, because the environment may give a namespace. The
	// namespace becomes a header, and a line break in it would add another header.
	return o, invalidIf(!printable(*o.Namespace) || !printable(*o.Auth.Namespace),
		"a namespace has a control character or is not UTF-8", "write namespace=team/eu; without it, VAULT_NAMESPACE is used")
}

// forShells finds what only a shell replaces in a path. A program looks for a file with that
// very name, and reports that it is missing, although the path looks right to its operator.
var forShells = regexp.MustCompile(`^~|\$[A-Za-z_{(]`)

// checkFiles looks at paths only and never at the files. They are read at first
// use, and again later, because agents write them while the process runs.
func checkFiles(paths ...string) error {
	return invalidIf(slices.ContainsFunc(paths, forShells.MatchString),
		"the path of a file has ~ or a variable in it, which only a shell replaces", "write an absolute path")
}

// checkField lets ParseRef decide, so that field= and #field accept the same text.
// A rule of its own would drift from it. The error is replaced, because the one
// from ParseRef is about a reference that the user did not write.
func (o Options) checkField() error {
	if o.Field == "" {
		return nil
	}
	_, err := secretmux.ParseRef("x#" + o.Field)
	return invalidIf(err != nil, "the field is malformed", "write a key of the document, or a JSON Pointer")
}

// socketHint is for users who try to write the address of a socket. Vault Agent can
// listen on one, so this is a sensible try, but the authority of a URI can't hold a
// path.
const socketHint = "unix sockets are not supported: let the agent listen on 127.0.0.1 too, and add http=true"

// checkAddress accepts a scheme, a host and a port, and nothing more. Userinfo in
// the address would be a credential in plain sight, a path would be dropped
// silently, and url.Parse accepts both.
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
		// http://vault.example.com would send the token in clear text with the
		// first request. A loopback host is allowed, because an agent listens there
		// and the bytes never leave the machine.
		return invalid("plain HTTP would show tokens and secrets to the network",
			"http=true is for loopback hosts only; use TLS, with ca_file= for a CA of your own")
	}
	return invalid("the address of the server has an unknown scheme", "write https, or http for a loopback host")
}

// goodPort refuses the port 0 and ports over 65535. url.Parse accepts every number,
// and the dialer's own error for it would look like an outage, which a store
// bridges with an old value.
func goodPort(port string) bool {
	if port == "" {
		return true
	}
	n, err := strconv.ParseUint(port, 10, 16)
	return err == nil && n > 0
}

// loopback does not resolve names: the answer of a name server may change after the
// check. "localhost" is the exception, because RFC 6761 reserves it for the machine
// itself.
func loopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// printable also refuses the replacement character. It is what decoding makes of
// bytes that are not UTF-8, so the text is not what the user meant.
func printable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || r == unicode.ReplacementChar })
}
