package faultscript

import (
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

// redirect sends clients to another server under another host name: net/http does not
// treat another port as another host, and would still send credentials to it. 307
// keeps the method and the headers. A request with a body gets 302 instead, which
// net/http follows even if it can't send the body again.
func redirect(t *testing.T) http.Handler {
	t.Helper()
	other := httptest.NewServer(stranger(t))
	t.Cleanup(other.Close)
	_, port, err := net.SplitHostPort(other.Listener.Addr().String())
	if err != nil {
		t.Fatalf("the address of a test server: %v", err)
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := "localhost"
		if strings.HasPrefix(r.Host, host) {
			host = "127.0.0.1"
		}
		target := url.URL{Scheme: "http", Host: net.JoinHostPort(host, port), Path: r.URL.Path, RawQuery: r.URL.RawQuery}
		w.Header().Set("Location", target.String())
		if r.Method == http.MethodGet || r.Method == http.MethodHead {
			w.WriteHeader(http.StatusTemporaryRedirect)
		} else {
			w.WriteHeader(http.StatusFound)
		}
	})
}

// stranger fails t if a client sends it a credential. It answers {}.
func stranger(t errorer) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for name, values := range r.Header {
			if credentialHeader(name) || Leaks(strings.Join(values, " ")) {
				t.Errorf("after a redirect, another host got the header %s", name)
			}
		}
		body, _ := io.ReadAll(io.LimitReader(r.Body, 1<<20))
		if Leaks(string(body)) || Leaks(r.URL.String()) {
			t.Errorf("after a redirect, another host got a credential in the body or the URL")
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, "{}")
	})
}

// errorer is the part of testing.T that a test of this package replaces.
type errorer interface {
	Errorf(format string, args ...any)
}

func credentialHeader(name string) bool {
	name = strings.ToLower(name)
	for _, part := range []string{"authorization", "token", "cookie", "secret", "credential", "signature", "api-key"} {
		if strings.Contains(name, part) {
			return true
		}
	}
	return false
}
