package sm_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/testing/conformance"
)

func TestConformance(t *testing.T) {
	conformance.Run(t, func(t *testing.T) *conformance.Harness { return harness(t, "") })
}

func TestConformanceWithPrefix(t *testing.T) {
	conformance.Run(t, func(t *testing.T) *conformance.Harness { return harness(t, "prod/") })
}

func harness(t *testing.T, prefix string) *conformance.Harness {
	t.Helper()
	a := newAccount(t)
	opts := at(a.url)
	opts.Prefix = prefix
	last := map[string][]byte{}
	return &conformance.Harness{
		Provider: open(t, opts),
		Set: func(_ *testing.T, name string, value []byte) {
			last[name] = value
			a.set(prefix+name, value)
		},
		Delete:  func(_ *testing.T, name string) { a.do(func() { delete(a.secrets, prefix+name) }) },
		Disable: func(_ *testing.T, name string) { a.change(prefix+name, func(s *stored) { s.deleted = true }) },
		Hang:    func(_ *testing.T, name string) { a.do(func() { a.hang[prefix+name] = true }) },
		Down:    func(*testing.T) { a.do(func() { a.down = true }) },
		Fail: func(_ *testing.T, name string, class error) {
			a.do(func() { a.fail[prefix+name] = failing(class, string(last[name])) })
		},
		Fails: []error{
			secretmux.ErrDenied, secretmux.ErrUnauthenticated, secretmux.ErrThrottled, secretmux.ErrUnavailable,
			secretmux.ErrInvalid, secretmux.ErrCorrupt, secretmux.ErrTooLarge,
		},
		MissingVersion: "00000000-0000-4000-8000-999999999999",
		Calls:          func() int { return a.calls() },
		Capabilities: []conformance.Capability{
			conformance.CapEmpty, conformance.CapBinary, conformance.CapLarge, conformance.CapUnicode, conformance.CapSymbols,
			conformance.CapLines, conformance.CapNested, conformance.CapMany, conformance.CapVersions, conformance.CapPrevious,
			conformance.CapCreated, conformance.CapList, conformance.CapCheck, conformance.CapDisable, conformance.CapFail,
			conformance.CapHang, conformance.CapDown,
		},
	}
}

// failing answers with an error of that class that quotes the value.
func failing(class error, value string) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		switch class {
		case secretmux.ErrDenied:
			fail(w, http.StatusBadRequest, reply{"AccessDeniedException", value})
		case secretmux.ErrUnauthenticated:
			fail(w, http.StatusBadRequest, reply{"ExpiredTokenException", value})
		case secretmux.ErrThrottled:
			fail(w, http.StatusBadRequest, reply{"ThrottlingException", value})
		case secretmux.ErrInvalid:
			fail(w, http.StatusBadRequest, reply{"ValidationException", value})
		case secretmux.ErrCorrupt:
			_, _ = io.WriteString(w, `{"SecretString":"`+value)
		case secretmux.ErrTooLarge:
			_, _ = io.WriteString(w, `{"SecretString":"`+strings.Repeat(value+" ", 2<<20/(len(value)+1))+`"}`)
		default:
			fail(w, http.StatusInternalServerError, reply{value, value})
		}
	}
}
