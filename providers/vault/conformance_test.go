package vault_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/vault"
	"github.com/secretmux/secretmux/testing/conformance"
)

func TestConformanceV2(t *testing.T) {
	conformance.Run(t, func(t *testing.T) *conformance.Harness {
		f := serve(t)
		h := f.harness(t, "vault://"+f.host+"/kv/app/?http=true&field=value")
		h.Set = func(_ *testing.T, name string, value []byte) {
			f.put("app/"+name, map[string]any{"value": string(value), "other": 1})
		}
		h.Delete = func(_ *testing.T, name string) { f.with(func() { delete(f.secrets, "app/"+name) }) }
		h.Disable = func(_ *testing.T, name string) {
			f.change("app/"+name, func(v *version) { v.deletion = "2026-01-02T03:04:05.123456789Z" })
		}
		h.MissingVersion = "99"
		h.Capabilities = append(h.Capabilities, conformance.CapVersions, conformance.CapPrevious, conformance.CapCreated, conformance.CapDisable, conformance.CapDescribe)
		return h
	})
}

func TestConformanceV1(t *testing.T) {
	conformance.Run(t, func(t *testing.T) *conformance.Harness {
		f := serve(t)
		h := f.harness(t, "vault://"+f.host+"/old/app?http=true&kv=1&field=value")
		h.Set = func(_ *testing.T, name string, value []byte) {
			f.with(func() { f.plain["app/"+name] = map[string]any{"value": string(value)} })
		}
		h.Delete = func(_ *testing.T, name string) { f.with(func() { delete(f.plain, "app/"+name) }) }
		return h
	})
}

// fixture is the fake on a loopback port.
type fixture struct {
	*server
	host string
}

func serve(t *testing.T) *fixture {
	t.Helper()
	s := newServer()
	h := httptest.NewServer(s)
	t.Cleanup(h.Close)
	return &fixture{server: s, host: strings.TrimPrefix(h.URL, "http://")}
}

// link opens one link and closes it with the test.
func (f *fixture) link(t *testing.T, uri string, o vault.Options) secretmux.Provider {
	t.Helper()
	if o.LookupEnv == nil {
		o.LookupEnv = environment("VAULT_TOKEN=" + rootToken)
	}
	u, err := secretmux.ParseURI(uri)
	if err != nil {
		t.Fatal(err)
	}
	p, err := o.Backend()[vault.Scheme](t.Context(), u)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = secretmux.Close(p) })
	return p
}

func (f *fixture) harness(t *testing.T, uri string) *conformance.Harness {
	t.Helper()
	return &conformance.Harness{
		Provider: f.link(t, uri, vault.Options{}),
		Calls:    f.count,
		Reopen:   conformance.ReopenWith(vault.Options{LookupEnv: environment("VAULT_TOKEN=" + rootToken)}.Backend()),
		Fails: []error{
			secretmux.ErrDenied, secretmux.ErrUnauthenticated, secretmux.ErrThrottled, secretmux.ErrUnavailable,
			secretmux.ErrCorrupt, secretmux.ErrTooLarge, secretmux.ErrInvalid,
		},
		Fail: func(_ *testing.T, name string, class error) { f.fail(name, class) },
		Hang: func(_ *testing.T, name string) {
			f.hook(name, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		},
		Down: func(*testing.T) {
			f.hook("", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
		},
		Capabilities: []conformance.Capability{
			conformance.CapEmpty, conformance.CapLarge, conformance.CapUnicode, conformance.CapSymbols, conformance.CapLines,
			conformance.CapNested, conformance.CapList, conformance.CapCheck, conformance.CapFail, conformance.CapHang, conformance.CapDown,
		},
	}
}

// hook answers calls whose path ends in suffix.
func (s *server) hook(suffix string, answer func(http.ResponseWriter, *http.Request)) {
	s.with(func() {
		s.answer = func(w http.ResponseWriter, r *http.Request) bool {
			if !strings.HasSuffix(r.URL.Path, suffix) {
				return false
			}
			answer(w, r)
			return true
		}
	})
}

// fail makes reads of a secret fail, with its value in the answer.
func (s *server) fail(name string, class error) {
	value := ""
	s.with(func() {
		if rec := s.secrets["app/"+name]; rec != nil {
			value, _ = rec.versions[len(rec.versions)-1].data["value"].(string)
		} else {
			value, _ = s.plain["app/"+name]["value"].(string)
		}
	})
	status, body := http.StatusOK, `{"data":{"value":"`+value
	switch class {
	case secretmux.ErrUnauthenticated:
		s.with(func() { delete(s.tokens, rootToken) })
		return
	case secretmux.ErrDenied:
		status, body = http.StatusForbidden, `{"errors":["permission denied: `+value+`"]}`
	case secretmux.ErrThrottled:
		status, body = http.StatusTooManyRequests, value
	case secretmux.ErrUnavailable:
		status, body = http.StatusServiceUnavailable, `{"errors":["Vault is sealed `+value+`"]}`
	case secretmux.ErrInvalid:
		status, body = http.StatusNotFound, `{"errors":["no handler for route `+value+`"]}`
	case secretmux.ErrTooLarge:
		body = strings.Repeat(value+" ", 2<<20/len(value))
	}
	s.hook("/"+name, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	})
}
