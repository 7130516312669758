package ps_test

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

// full is the service's name of a parameter.
func full(name string) string {
	if strings.Contains(name, "/") {
		return "/" + name
	}
	return name
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
			a.set(full(prefix+name), value)
		},
		Delete: func(_ *testing.T, name string) { a.do(func() { delete(a.parameters, full(prefix+name)) }) },
		Hang:   func(_ *testing.T, name string) { a.do(func() { a.hang[full(prefix+name)] = true }) },
		Down:   func(*testing.T) { a.do(func() { a.down = true }) },
		Fail: func(_ *testing.T, name string, class error) {
			a.do(func() { a.fail[full(prefix+name)] = failing(class, string(last[name])) })
		},
		Fails: []error{
			secretmux.ErrDenied, secretmux.ErrUnauthenticated, secretmux.ErrThrottled, secretmux.ErrUnavailable,
			secretmux.ErrInvalid, secretmux.ErrCorrupt, secretmux.ErrTooLarge,
		},
		MissingVersion: "99",
		Calls:          func() int { return a.calls() },
		// The service holds neither an empty value nor bytes that are no text.
		Capabilities: []conformance.Capability{
			conformance.CapLarge, conformance.CapUnicode, conformance.CapSymbols, conformance.CapLines, conformance.CapNested,
			conformance.CapMany, conformance.CapVersions, conformance.CapPrevious, conformance.CapCreated, conformance.CapList,
			conformance.CapCheck, conformance.CapFail, conformance.CapHang, conformance.CapDown,
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
			_, _ = io.WriteString(w, `{"Parameter":{"Value":"`+value)
		case secretmux.ErrTooLarge:
			_, _ = io.WriteString(w, `{"Parameter":{"Value":"`+strings.Repeat(value+" ", 2<<20/(len(value)+1))+`"}}`)
		default:
			fail(w, http.StatusInternalServerError, reply{value, value})
		}
	}
}
