package httpauth_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/httpauth"
	"github.com/secretmux/secretmux/testing/memory"
)

const canary = "Qm7xVt2kWz9pLr4s"

// rig is a store in memory, and a Transport with a base that answers like a server.
type rig struct {
	*httpauth.Transport
	store  *secretmux.Store
	memory *memory.Provider
}

func newRig(t *testing.T, value string, hosts []string, o httpauth.Options) *rig {
	t.Helper()
	r := &rig{memory: memory.New(map[string]string{"token": value})}
	var err error
	if r.store, err = secretmux.New(r.memory, secretmux.Options{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.store.Close() })
	if r.Transport, err = httpauth.New(t.Context(), r.store, "token", hosts, o); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = r.Transport.Close() })
	return r
}

// base is a function that is a RoundTripper.
type base func(*http.Request) *http.Response

func (b base) RoundTrip(req *http.Request) (*http.Response, error) {
	resp := b(req)
	if req.Body != nil {
		_ = req.Body.Close()
	}
	resp.Request = req
	return resp, nil
}

func answer(status int) *http.Response {
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader("answer"))}
}

func get(t *testing.T, rt http.RoundTripper, url string) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := rt.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	return resp
}
