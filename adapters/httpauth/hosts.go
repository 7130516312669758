package httpauth

import (
	"net"
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

// place is where a credential may go: a host and a port.
type place struct{ host, port string }

// parseHost reads "api.example.com", "api.example.com:8443", "[::1]:80" or "::1".
// Without a port, the scheme's own port counts, so that a redirect to another port of
// the same host does not get the credential.
func parseHost(text string) (place, bool) {
	u, err := url.Parse("//" + text)
	if _, ip := netip.ParseAddr(text); ip == nil { // an IPv6 address without brackets
		return place{host: strings.ToLower(text)}, true
	}
	if err != nil || u.Host != text || u.Hostname() == "" || strings.ContainsAny(text, "*/@ ") {
		return place{}, false
	}
	if p := u.Port(); p != "" || strings.HasSuffix(text, ":") {
		if n, err := strconv.Atoi(p); err != nil || n < 1 || n > 65535 {
			return place{}, false
		}
	}
	return place{host: canonical(u.Hostname()), port: u.Port()}, true
}

// canonical returns one spelling for all names of a host. They may differ in case, and
// in the dot at the end of an absolute name.
func canonical(host string) string { return strings.ToLower(strings.TrimSuffix(host, ".")) }

func defaultPort(scheme string) string {
	if scheme == "https" {
		return "443"
	}
	return "80"
}

// listed reports whether u is at one of places.
func listed(places []place, u *url.URL) bool {
	host, port := canonical(u.Hostname()), u.Port()
	own := defaultPort(u.Scheme)
	if port == "" {
		port = own
	}
	for _, p := range places {
		want := p.port
		if want == "" {
			want = own
		}
		if p.host == host && want == port {
			return true
		}
	}
	return false
}

// loopback reports whether host never leaves this machine. The only name that counts is
// localhost (RFC 6761, section 6.3), because a resolver decides what other names mean.
func loopback(host string) bool {
	host = canonical(host)
	if host == "localhost" || strings.HasSuffix(host, ".localhost") {
		return true
	}
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}
