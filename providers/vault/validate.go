package vault

import (
	"errors"
	"net"
	"net/url"
	"strconv"
	"strings"
	"unicode"

	"github.com/secretmux/secretmux"
)

// mistake is the error for options that can't work. It quotes none of them.
func mistake(problem, hint string) error {
	return &secretmux.Error{Op: "open", Class: secretmux.ErrInvalid, Err: errors.New(problem), Hint: hint}
}

func mistakeIf(wrong bool, problem, hint string) error {
	if wrong {
		return mistake(problem, hint)
	}
	return nil
}

// check reports everything that is wrong with o.
func (o Options) check() error {
	errs := []error{checkAddress(o.Address), o.Auth.check(o.CertFile != "" || o.Transport != nil)}
	add := func(wrong bool, problem, hint string) { errs = append(errs, mistakeIf(wrong, problem, hint)) }
	add(!cleanPath(o.Mount), "there is no mount, or its path is malformed", "write vault://host:8200/kv/ for the mount kv")
	add(o.Prefix != "" && !cleanPath(o.Prefix), "the folder in the mount is malformed", "write folders as app or app/eu, without . and ..")
	add(o.KV < 0 || o.KV > 2, "the version of the KV engine is unknown", "it is 1 or 2")
	add(o.Dynamic && o.KV != 0, "a dynamic engine has no KV version", "leave out kv= or engine=dynamic")
	add((o.CertFile == "") != (o.KeyFile == ""), "of the client's certificate and key only one is given", "give cert_file= and key_file=")
	add(o.Transport != nil && (o.CAFile != "" || o.CertFile != ""), "Options has a Transport and files for TLS", "set up TLS in the Transport")
	add(!printable(deref(o.Namespace)), "the namespace is malformed", "write a namespace such as team/eu")
	if o.Field != "" {
		if _, err := secretmux.ParseRef("x#" + o.Field); err != nil {
			add(true, "the field is malformed", "write a key of the document, or a JSON Pointer")
		}
	}
	return errors.Join(errs...)
}

func checkAddress(address string) error {
	u, err := url.Parse(address)
	if err != nil || u.Hostname() == "" || strings.HasSuffix(u.Host, ":") || address != u.Scheme+"://"+u.Host || !goodPort(u.Port()) {
		return mistake("the address of the server is missing or malformed", "write vault://vault.example.com:8200/kv/")
	}
	switch {
	case u.Scheme == "https":
		return nil
	case u.Scheme != "http":
		return mistake("the address of the server has an unknown scheme", "it is https, or http for loopback hosts")
	case !loopback(u.Hostname()):
		return mistake("plain HTTP would show tokens and secrets to the network", "http=true is for loopback hosts alone; use TLS, with ca_file= for a CA of your own")
	}
	return nil
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

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func printable(s string) bool {
	return !strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || r == unicode.ReplacementChar })
}
