package httpauth_test

import (
	"errors"
	"io"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/httpauth"
	"github.com/secretmux/secretmux/testing/conformance"
)

// The table says for each URL whether the credential is sent.
func TestWhereTheCredentialGoes(t *testing.T) {
	hosts := []string{"api.example.com", "Other.Example.com:8443", "localhost:9", "::1", "[::1]:81"}
	for url, want := range map[string]bool{
		"https://api.example.com/":            true,
		"https://API.example.com:443/x":       true,
		"https://api.example.com./":           true,
		"https://api.example.com:8443/":       false,
		"https://sub.api.example.com/":        false,
		"https://example.com/":                false,
		"https://api.example.com.evil.test/":  false,
		"https://other.example.com:8443/":     true,
		"https://other.example.com/":          false,
		"http://localhost:9/":                 true,
		"http://localhost/":                   false,
		"http://[::1]/":                       true,
		"http://[::1]:81/":                    true,
		"http://[::1]:82/":                    false,
		"https://evil.test/api.example.com":   false,
		"https://evil.test/?api.example.com":  false,
		"https://evil.test/#@api.example.com": false,
	} {
		var got []string
		r := newRig(t, canary, hosts, httpauth.Options{Base: base(func(req *http.Request) *http.Response {
			got = req.Header["Authorization"]
			return answer(http.StatusOK)
		})})
		get(t, r, url)
		if sent := len(got) == 1 && got[0] == "Bearer "+canary; sent != want || !want && len(got) > 0 {
			t.Errorf("%s: sent is %t, want %t", url, sent, want)
		}
	}
}

func TestPlainHTTPIsRefused(t *testing.T) {
	asked := 0
	o := httpauth.Options{Base: base(func(*http.Request) *http.Response { asked++; return answer(http.StatusOK) })}
	r := newRig(t, canary, []string{"api.example.com"}, o)
	body := &closed{Reader: strings.NewReader("x")}
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodPost, "http://api.example.com/", body)
	_, err := r.RoundTrip(req)
	if !errors.Is(err, secretmux.ErrInvalid) || asked != 0 || !body.was.Load() {
		t.Errorf("%v, %d requests, body closed %t", err, asked, body.was.Load())
	}
	conformance.NoLeak(t, err, canary)
	o.AllowHTTP = true
	if get(t, newRig(t, canary, []string{"api.example.com"}, o), "http://api.example.com/"); asked != 1 {
		t.Error("AllowHTTP sends nothing")
	}
}

type closed struct {
	io.Reader
	was atomic.Bool
}

func (c *closed) Close() error { c.was.Store(true); return nil }

func TestTheCallersHeaderStays(t *testing.T) {
	for url, want := range map[string]string{"https://api.example.com/": "mine", "https://elsewhere.test/": "mine"} {
		r := newRig(t, canary, []string{"api.example.com"}, httpauth.Options{Base: base(func(req *http.Request) *http.Response {
			if got := req.Header.Get("Authorization"); got != want {
				t.Errorf("%s: %q", url, got)
			}
			return answer(http.StatusUnauthorized)
		})})
		req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
		req.Header.Set("Authorization", "mine")
		resp, err := r.RoundTrip(req)
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if r.memory.Reads("token") != 1 {
			t.Error("a refusal of the caller's own credential renewed ours")
		}
	}
}

// A caller that copies headers by hand must not send our value to another host.
func TestACopyOfOurValueIsTakenOut(t *testing.T) {
	r := newRig(t, canary, []string{"api.example.com"}, httpauth.Options{Header: "x-api-key", Format: httpauth.Raw, Base: base(func(req *http.Request) *http.Response {
		if req.Header.Get("X-Api-Key") != "" || req.Header.Get("Other") != "stays" {
			t.Errorf("the headers are %v", req.Header)
		}
		return answer(http.StatusOK)
	})})
	req, _ := http.NewRequestWithContext(t.Context(), http.MethodGet, "https://elsewhere.test/", nil)
	req.Header.Set("X-Api-Key", canary)
	req.Header.Set("Other", "stays")
	resp, err := r.RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	if req.Header.Get("X-Api-Key") != canary {
		t.Error("the caller's request was changed")
	}
}
