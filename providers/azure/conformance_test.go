package azure_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/azure"
	"github.com/secretmux/secretmux/testing/conformance"
	"github.com/secretmux/secretmux/testing/faultscript"
)

func TestConformance(t *testing.T) {
	conformance.Run(t, func(t *testing.T) *conformance.Harness { return harness(t, nil) })
}

// The same tests run with mapped names: with a prefix, and with -- for the slashes.
func TestConformanceMapped(t *testing.T) {
	conformance.Run(t, func(t *testing.T) *conformance.Harness {
		h := harness(t, func(o *azure.Options) { o.Prefix, o.Separator = "Shop-", "--" })
		h.Capabilities = append(h.Capabilities, conformance.CapNested)
		return h
	})
}

func TestConformanceThroughChain(t *testing.T) {
	conformance.RunThrough(t, func(t *testing.T) *conformance.Harness { return harness(t, nil) },
		chain)
}

// chain makes a chain of one link.
func chain(p secretmux.Provider) secretmux.Provider {
	c, err := secretmux.NewChain(p)
	if err != nil {
		panic(err)
	}
	return c
}

func harness(t *testing.T, change func(*azure.Options)) *conformance.Harness {
	f := newFake(t)
	mapped := change != nil
	key := func(name string) string {
		if mapped {
			return "Shop-" + strings.ReplaceAll(name, "/", "--")
		}
		return name
	}
	f.set("unreachable_by_any_name", "x")
	return &conformance.Harness{
		Provider:       f.open(t, change),
		Set:            func(_ *testing.T, name string, value []byte) { f.set(key(name), string(value)) },
		Delete:         func(_ *testing.T, name string) { f.purge(key(name)) },
		Disable:        func(_ *testing.T, name string) { f.disable(key(name)) },
		Fail:           func(t *testing.T, name string, class error) { f.fail(t, key(name), class) },
		Fails:          []error{secretmux.ErrDenied, secretmux.ErrUnauthenticated, secretmux.ErrThrottled, secretmux.ErrUnavailable, secretmux.ErrCorrupt, secretmux.ErrTooLarge},
		Hang:           func(t *testing.T, name string) { f.handle("/secrets/"+key(name), hang(t)) },
		Down:           func(*testing.T) { f.handleAll(failWith(http.StatusServiceUnavailable, "", "", "")) },
		MissingVersion: strings.Repeat("f", 32),
		Calls:          f.calls,
		Reopen: func(t *testing.T, address *secretmux.URI) secretmux.Provider {
			again, err := openURI(t, address.String(), azure.Options{TokenCredential: &credential{}, HTTPClient: f.client(t)})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = secretmux.Close(again) })
			return again
		},
		Capabilities: []conformance.Capability{
			conformance.CapEmpty, conformance.CapLarge, conformance.CapUnicode, conformance.CapSymbols, conformance.CapLines,
			conformance.CapVersions, conformance.CapPrevious, conformance.CapCreated, conformance.CapList, conformance.CapCheck,
			conformance.CapDisable, conformance.CapFail, conformance.CapHang, conformance.CapDown,
		},
	}
}

func hang(t *testing.T) http.Handler {
	h, _ := faultscript.HTTP(t, faultscript.Hang)
	return h
}

// fail makes reads of a secret fail, with its value in the answer.
func (f *fake) fail(t *testing.T, name string, class error) {
	t.Helper()
	f.mu.Lock()
	all := f.secrets[strings.ToLower(name)]
	value := all[len(all)-1].value
	f.mu.Unlock()
	body := func(status int, text string) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("WWW-Authenticate", challenge)
			w.WriteHeader(status)
			_, _ = w.Write([]byte(text))
		})
	}
	for of, h := range map[error]http.Handler{
		secretmux.ErrDenied:          failWith(http.StatusForbidden, value, value, value),
		secretmux.ErrUnauthenticated: body(http.StatusUnauthorized, value),
		secretmux.ErrThrottled:       failWith(http.StatusTooManyRequests, "Throttled", value, value),
		secretmux.ErrUnavailable:     body(http.StatusBadGateway, value),
		secretmux.ErrCorrupt:         body(http.StatusOK, `{"value":"`+value+`","id":"`+value),
		secretmux.ErrTooLarge:        body(http.StatusOK, strings.Repeat(value, 1<<16)),
	} {
		if errors.Is(class, of) {
			f.handle("/secrets/"+name, h)
			return
		}
	}
	t.Fatalf("the fake can't fail with %v", class)
}
