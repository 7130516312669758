package gcp_test

import (
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/secretmux/secretmux/testing/faultscript"
)

const adc = "GOOGLE_APPLICATION_CREDENTIALS"

// If there are no credentials at all, Get says so and does not search again for a
// moment. It sees new credentials at once.
func TestNoCredentials(t *testing.T) {
	f := newFake()
	f.set("db", []byte("x"))
	p := open(t, secure(t, grpcHandler(f), ""))
	probes := 0
	p.SetProbe(func(context.Context) bool { probes++; return false })
	for range 2 {
		s, err := p.Get(t.Context(), "db")
		wantClass(t, "Get", s, err, errUnauthenticated)
		if !strings.Contains(err.Error(), adc) {
			t.Errorf("the error does not say what to do: %v", err)
		}
	}
	if probes != 1 || f.calls.Load() != 0 {
		t.Errorf("%d probes and %d calls, want 1 and 0", probes, f.calls.Load())
	}
	t.Setenv(adc, serviceAccount(t, "k1"))
	wantValue(t, p, "db", "x")
}

func TestUselessCredentials(t *testing.T) {
	canary := faultscript.Credential
	missing := filepath.Join(t.TempDir(), canary)
	tests := map[string]string{
		"no such file":         missing,
		"the key for its path": `{"private_key": "` + canary + `"}`,
		"a folder":             t.TempDir(),
		"no JSON":              write(t, canary),
		"cut short":            write(t, `{"type": "service_account", "private_key": "`+canary),
		"no type":              write(t, `{"private_key": "`+canary+`"}`),
		"unknown type":         write(t, `{"type": "`+canary+`"}`),
		"no key":               write(t, `{"type": "service_account", "client_email": "a@b", "private_key": "`+canary+`"}`),
	}
	for name, file := range tests {
		t.Run(name, func(t *testing.T) {
			t.Setenv(adc, file)
			p := open(t, secure(t, grpcHandler(newFake()), ""))
			s, err := p.Get(t.Context(), "db")
			wantClass(t, "Get", s, err, errUnauthenticated)
			if faultscript.Leaks(err.Error()) {
				t.Errorf("the error quotes the credentials")
			}
		})
	}
}

// A key that was replaced on disk is used after the old one was refused.
func TestCredentialsReplaced(t *testing.T) {
	var valid atomic.Value
	valid.Store("k1")
	f := newFake()
	f.set("db", []byte("x"))
	served := grpcHandler(f)
	file := serviceAccount(t, "k1")
	t.Setenv(adc, file)
	p := open(t, secure(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if keyOf(t, r) != valid.Load() {
			w.Header().Set("Content-Type", "application/grpc")
			w.Header().Set("Grpc-Status", "16")
			return
		}
		served.ServeHTTP(w, r)
	}), ""))
	wantValue(t, p, "db", "x")
	valid.Store("k2")
	if err := os.Rename(serviceAccount(t, "k2"), file); err != nil {
		t.Fatal(err)
	}
	s, err := p.Get(t.Context(), "db")
	wantClass(t, "Get with the old key", s, err, errUnauthenticated)
	wantValue(t, p, "db", "x")
}

// Workload identity federation has a token endpoint on another server.
func TestTokenEndpoint(t *testing.T) {
	const canary = faultscript.Credential
	answer := func(status int, body string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			w.WriteHeader(status)
			_, _ = w.Write([]byte(body))
		}
	}
	tests := []struct {
		name string
		h    http.HandlerFunc
		want error
	}{
		{"refused", answer(http.StatusBadRequest, `{"error":"invalid_grant","error_description":"`+canary+`"}`), errUnauthenticated},
		{"HTML", answer(http.StatusOK, "<html>"+canary), errUnauthenticated},
		{"empty", answer(http.StatusOK, ""), errUnauthenticated},
		{"throttled", answer(http.StatusTooManyRequests, canary), errUnavailable},
		{"down", answer(http.StatusInternalServerError, canary), errUnavailable},
		{"good", answer(http.StatusOK, `{"access_token":"`+canary+`","token_type":"Bearer","expires_in":3600,
			"issued_token_type":"urn:ietf:params:oauth:token-type:access_token"}`), nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			endpoint := httptest.NewServer(tt.h)
			t.Cleanup(endpoint.Close)
			t.Setenv(adc, federated(t, endpoint.URL))
			f := newFake()
			f.set("db", []byte("x"))
			p := open(t, secure(t, grpcHandler(f), ""))
			if tt.want == nil {
				wantValue(t, p, "db", "x")
				return
			}
			s, err := p.Get(t.Context(), "db")
			wantClass(t, "Get", s, err, tt.want)
			if faultscript.Leaks(fmt.Sprintf("%v %+v", err, err)) || f.calls.Load() != 0 {
				t.Errorf("%d calls, error %v", f.calls.Load(), err)
			}
		})
	}
}

// A token endpoint or metadata server that can't be reached is an outage and not a
// refusal. A stale value may be served during it.
func TestTokenEndpointDown(t *testing.T) {
	t.Run("token endpoint", func(t *testing.T) {
		t.Setenv(adc, federated(t, "http://"+faultscript.Refused(t)))
		p := open(t, secure(t, grpcHandler(newFake()), ""))
		s, err := p.Get(t.Context(), "db")
		wantClass(t, "Get", s, err, errUnavailable)
	})
	t.Run("metadata server", func(t *testing.T) {
		p := open(t, secure(t, grpcHandler(newFake()), ""))
		p.SetProbe(func(context.Context) bool { return true })
		s, err := p.Get(t.Context(), "db")
		wantClass(t, "Get", s, err, errUnavailable)
	})
}

func TestMetadataServer(t *testing.T) {
	account := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/token") {
			http.NotFound(w, r)
			return
		}
		_, _ = w.Write([]byte(`{"access_token":"` + faultscript.Credential + `","expires_in":3600,"token_type":"Bearer"}`))
	})
	for name, tt := range map[string]struct {
		h    http.Handler
		want error
	}{
		"account":    {account, nil},
		"no account": {http.NotFoundHandler(), errUnauthenticated},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(tt.h)
			t.Cleanup(server.Close)
			t.Setenv("GCE_METADATA_HOST", strings.TrimPrefix(server.URL, "http://"))
			f := newFake()
			f.set("db", []byte("x"))
			p := open(t, secure(t, grpcHandler(f), ""))
			if tt.want == nil {
				wantValue(t, p, "db", "x")
				return
			}
			s, err := p.Get(t.Context(), "db")
			wantClass(t, "Get", s, err, tt.want)
		})
	}
}

// Credentials go only over TLS: an endpoint that is not on loopback gets none
// before it has shown a certificate.
func TestNoTokenWithoutTLS(t *testing.T) {
	f := newFake()
	f.set("db", []byte("x"))
	address, _ := serve(t, f)
	opts := secure(t, grpcHandler(f), faultscript.Credential)
	opts.ClientOptions = opts.ClientOptions[1:]
	opts.ClientOptions[0] = dialing(func(ctx context.Context, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "tcp", address)
	})
	s, err := open(t, opts).Get(t.Context(), "db")
	wantClass(t, "Get", s, err, errUnavailable)
	if !strings.Contains(err.Error(), "TLS") || f.calls.Load() != 0 {
		t.Errorf("%d calls, error %v", f.calls.Load(), err)
	}
}

func write(t *testing.T, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "credentials.json")
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// serviceAccount writes the file of a service account's key, which signs its own
// tokens, so no token endpoint is called.
func serviceAccount(t *testing.T, id string) string {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	text, err := json.Marshal(map[string]string{
		"type": "service_account", "project_id": project, "private_key_id": id, "client_email": "app@my-project.iam.gserviceaccount.com",
		"private_key": string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})),
	})
	if err != nil {
		t.Fatal(err)
	}
	return write(t, string(text))
}

func federated(t *testing.T, tokenURL string) string {
	t.Helper()
	text, err := json.Marshal(map[string]any{
		"type": "external_account", "audience": "//iam.googleapis.com/projects/1/locations/global/workloadIdentityPools/p/providers/q",
		"subject_token_type": "urn:ietf:params:oauth:token-type:jwt", "token_url": tokenURL,
		"credential_source": map[string]string{"file": write(t, faultscript.Credential)},
	})
	if err != nil {
		t.Fatal(err)
	}
	return write(t, string(text))
}

// keyOf returns the id of the key that signed a request's token.
func keyOf(t *testing.T, r *http.Request) any {
	head, _, _ := strings.Cut(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "), ".")
	text, err := base64.RawURLEncoding.DecodeString(head)
	var header map[string]any
	if err == nil {
		err = json.Unmarshal(text, &header)
	}
	if err != nil {
		t.Errorf("the token is not a JWT")
	}
	return header["kid"]
}
