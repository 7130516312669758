package httpauth_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/secretmux/secretmux/adapters/httpauth"
)

// seen is a server that counts the requests with the secret in a header.
type seen struct {
	*httptest.Server
	mu     sync.Mutex
	secret int
	all    int
}

func newSeen(t *testing.T, start func(http.Handler) *httptest.Server, next func(http.ResponseWriter, *http.Request)) *seen {
	t.Helper()
	s := &seen{}
	s.Server = start(http.HandlerFunc(func(w http.ResponseWriter, req *http.Request) {
		s.mu.Lock()
		s.all++
		for _, values := range req.Header {
			if strings.Contains(strings.Join(values, " "), canary) {
				s.secret++
				break
			}
		}
		s.mu.Unlock()
		next(w, req)
	}))
	t.Cleanup(s.Close)
	return s
}

// A real client follows redirects of every kind, to another host, port and scheme, and
// back. Only the listed server gets the secret.
func TestRedirectsCarryNoSecret(t *testing.T) {
	for _, header := range []string{"Authorization", "X-Api-Key"} {
		for _, status := range []int{301, 302, 303, 307, 308} {
			var listed *seen
			back := func(w http.ResponseWriter, req *http.Request) {
				if query(req).Get("back") != "" {
					http.Redirect(w, req, listed.URL+"/end", status)
				}
			}
			other := newSeen(t, httptest.NewServer, back)
			secure := newSeen(t, httptest.NewTLSServer, back)
			listed = newSeen(t, httptest.NewServer, func(w http.ResponseWriter, req *http.Request) {
				if to := query(req).Get("to"); to != "" {
					http.Redirect(w, req, to, status)
				}
			})
			host := strings.TrimPrefix(listed.URL, "http://")
			r := newRig(t, canary, []string{host}, httpauth.Options{Header: header, Format: httpauth.Raw, Base: secure.Client().Transport})
			client := &http.Client{Transport: r}
			port := other.Listener.Addr().String()[strings.LastIndex(other.Listener.Addr().String(), ":"):]
			for _, to := range []string{
				other.URL, other.URL + "/?back=1", "http://localhost" + port, "http://sub.localhost" + port, secure.URL, secure.URL + "/?back=1",
			} {
				req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, listed.URL+"/?to="+url.QueryEscape(to), strings.NewReader("body"))
				if err != nil {
					t.Fatal(err)
				}
				resp, err := client.Do(req)
				if err != nil {
					if strings.Contains(to, "sub.localhost") {
						continue // a resolver may not know it
					}
					t.Fatal(err)
				}
				_ = resp.Body.Close()
			}
			if other.secret+secure.secret != 0 || other.all == 0 || secure.all == 0 {
				t.Errorf("%d: %d of %d and %d of %d requests had the secret", status, other.secret, other.all, secure.secret, secure.all)
			}
			if listed.secret != listed.all {
				t.Errorf("%d: the listed server saw the secret in %d of %d requests", status, listed.secret, listed.all)
			}
		}
	}
}

func query(req *http.Request) url.Values {
	values, err := url.ParseQuery(req.URL.RawQuery)
	if err != nil {
		panic(err)
	}
	return values
}
