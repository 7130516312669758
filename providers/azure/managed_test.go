package azure_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/azure"
	"github.com/secretmux/secretmux/testing/faultscript"
)

// inMemory is a network without sockets, so that a synctest bubble controls its time:
// a vault, and a server that answers for every other host.
type inMemory struct {
	vault *fake
	other func(*http.Request) (*http.Response, error)
}

func (n inMemory) RoundTrip(r *http.Request) (*http.Response, error) {
	if !strings.HasPrefix(r.URL.Host, vaultName+".") {
		return n.other(r)
	}
	w := httptest.NewRecorder()
	n.vault.ServeHTTP(w, r)
	return w.Result(), nil
}

// vanishes is a network in which all packets are lost.
func vanishes(r *http.Request) (*http.Response, error) {
	<-r.Context().Done()
	return nil, r.Context().Err()
}

// answers answers like the metadata server of a machine of Azure: a request without
// the header is refused at once, and a token takes its time.
func metadataServer(slow time.Duration) func(*http.Request) (*http.Response, error) {
	return func(r *http.Request) (*http.Response, error) {
		status, body := http.StatusBadRequest, `{"error":"invalid_request"}`
		if r.Header.Get("Metadata") != "" || r.Header.Get("X-Identity-Header") != "" {
			select {
			case <-time.After(slow):
			case <-r.Context().Done():
				return nil, r.Context().Err()
			}
			status, body = http.StatusOK, `{"access_token":"`+faultscript.Credential+`","expires_in":"3600","expires_on":"4000000000","token_type":"Bearer","resource":"https://vault.azure.net"}`
		}
		return &http.Response{
			StatusCode: status, Header: http.Header{"Content-Type": {"application/json"}}, Body: io.NopCloser(strings.NewReader(body)), Request: r,
		}, nil
	}
}

// Outside of Azure nothing answers at the metadata server's address. The error says
// so within three seconds. On Azure a token may take longer.
func TestManagedIdentity(t *testing.T) {
	appService := func(t *testing.T) {
		setEnv(t, "IDENTITY_ENDPOINT", "http://127.0.0.1:41741/msi/token", "IDENTITY_HEADER", "x")
	}
	tests := []struct {
		name   string
		params string
		set    func(*testing.T)
		other  func(*http.Request) (*http.Response, error)
		class  error
		within time.Duration
		says   []string
	}{
		{
			"off Azure", "&client_id=" + otherID("3"), nil, vanishes, secretmux.ErrUnavailable, 3 * time.Second,
			[]string{"ManagedIdentityCredential", "machine, pod or function of Azure", "can't be reached"},
		},
		{"off Azure, system-assigned", "", nil, vanishes, secretmux.ErrUnavailable, 3 * time.Second, []string{"ManagedIdentityCredential"}},
		{
			"off Azure, in a hurry", "&timeout=1s&client_id=" + otherID("4"), nil, vanishes, secretmux.ErrUnavailable, time.Second,
			[]string{"ManagedIdentityCredential", "took longer than 900ms"},
		},
		{"on Azure", "&client_id=" + otherID("5"), nil, metadataServer(0), nil, 0, nil},
		{"on Azure, slow", "&client_id=" + otherID("6"), nil, metadataServer(8 * time.Second), nil, 8 * time.Second, nil},
		{"App Service, slow", "&client_id=" + otherID("7"), appService, metadataServer(8 * time.Second), nil, 8 * time.Second, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.set != nil {
				tt.set(t)
			}
			f := newFake(t)
			f.set("alpha", "one")
			synctest.Test(t, func(t *testing.T) {
				client := &http.Client{Transport: inMemory{f, tt.other}}
				store := openStore(t, "azure-kv://my-vault?credential=managed"+tt.params, azure.Options{HTTPClient: client})
				begin := time.Now()
				s, err := store.Get(t.Context(), "alpha")
				if took := time.Since(begin); took > tt.within {
					t.Errorf("Get took %v, want at most %v", took, tt.within)
				}
				if tt.class != nil {
					wantClass(t, err, tt.class, tt.says...)
				} else if err != nil || s.Reveal() != "one" {
					t.Errorf("Get: %v", err)
				}
			})
		})
	}
}
