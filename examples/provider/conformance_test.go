package acme_test

import (
	"net/http"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	acme "github.com/secretmux/secretmux/examples/provider"
	"github.com/secretmux/secretmux/testing/conformance"
)

func TestConformance(t *testing.T) {
	conformance.Run(t, func(t *testing.T) *conformance.Harness { return harness(t, "/prod") })
}

// The suite runs with a folder of several segments, and without one.
func TestConformanceOfFolders(t *testing.T) {
	for _, folder := range []string{"", "/team%20a/prod/"} {
		t.Run(folder, func(t *testing.T) {
			conformance.Run(t, func(t *testing.T) *conformance.Harness { return harness(t, folder) })
		})
	}
}

func harness(t *testing.T, folder string) *conformance.Harness {
	t.Helper()
	s := newServer()
	host := serve(t, s)
	in := strings.ReplaceAll(strings.TrimPrefix(strings.Trim(folder, "/")+"/", "/"), "%20", " ")
	return &conformance.Harness{
		Provider: open(t, "acme://"+host+folder+"?http=true", acme.Options{}),
		Set:      func(_ *testing.T, name string, value []byte) { s.set(in+name, value) },
		Delete:   func(_ *testing.T, name string) { s.with(func() { delete(s.secrets, in+name) }) },
		Disable:  func(_ *testing.T, name string) { s.with(func() { s.secrets[in+name].code = "disabled" }) },
		Fail:     func(_ *testing.T, name string, class error) { s.fail(in+name, class) },
		Fails: []error{
			secretmux.ErrDenied, secretmux.ErrUnauthenticated, secretmux.ErrThrottled, secretmux.ErrUnavailable,
			secretmux.ErrCorrupt, secretmux.ErrTooLarge, secretmux.ErrInvalid,
		},
		Hang: func(_ *testing.T, name string) {
			s.before(in+name, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
		},
		Down: func(*testing.T) {
			s.before("", func(http.ResponseWriter, *http.Request) { panic(http.ErrAbortHandler) })
		},
		MissingVersion: "99",
		Calls:          s.count,
		Reopen: func(t *testing.T, address *secretmux.URI) secretmux.Provider {
			return open(t, address.String(), acme.Options{})
		},
		Capabilities: []conformance.Capability{
			conformance.CapEmpty, conformance.CapBinary, conformance.CapLarge, conformance.CapUnicode, conformance.CapSymbols,
			conformance.CapLines, conformance.CapNested, conformance.CapMany, conformance.CapVersions, conformance.CapPrevious,
			conformance.CapCreated, conformance.CapList, conformance.CapCheck, conformance.CapDisable, conformance.CapFail,
			conformance.CapHang, conformance.CapDown,
		},
	}
}

// before answers calls that ask for a name, even in a batch. With "" it answers all
// calls.
func (s *server) before(name string, answer func(http.ResponseWriter, *http.Request)) {
	s.with(func() {
		s.answer = func(w http.ResponseWriter, r *http.Request) bool {
			if name != "" && r.URL.Path != "/v1/secrets/"+name && !batchOf(r, name) {
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
		values := s.secrets[name].values
		value = string(values[len(values)-1])
	})
	status, body := http.StatusOK, `{"name":"`+name+`","value":"`+value
	switch class {
	case secretmux.ErrUnauthenticated:
		s.with(func() { s.token = "another" })
		return
	case secretmux.ErrDenied:
		status, body = http.StatusForbidden, `{"error":"`+value+`"}`
	case secretmux.ErrThrottled:
		status, body = http.StatusTooManyRequests, value
	case secretmux.ErrUnavailable:
		status, body = http.StatusBadGateway, "<html>"+value
	case secretmux.ErrInvalid:
		status, body = http.StatusNotFound, "no route for "+value
	case secretmux.ErrTooLarge:
		body = strings.Repeat(value+" ", 32<<20/len(value)) // a batch may be large
	}
	s.before(name, func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
	})
}
