package azure_test

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"github.com/secretmux/secretmux/providers/azure"
	"github.com/secretmux/secretmux/testing/faultscript"
)

const (
	vaultName = "my-vault"
	vaultHost = "my-vault.vault.azure.net"
	tenantID  = "11111111-2222-3333-4444-555555555555"
	challenge = `Bearer authorization="https://login.microsoftonline.com/` + tenantID + `", resource="https://vault.azure.net"`
)

// credential is a TokenCredential whose token the fake accepts.
type credential struct {
	mu    sync.Mutex
	calls int
	scope string
	get   func(ctx context.Context) error // called before it answers, unless it is nil
}

func (c *credential) GetToken(ctx context.Context, opts policy.TokenRequestOptions) (azcore.AccessToken, error) {
	c.mu.Lock()
	c.calls++
	c.scope = strings.Join(opts.Scopes, " ")
	get := c.get
	c.mu.Unlock()
	if get != nil {
		if err := get(ctx); err != nil {
			return azcore.AccessToken{}, err
		}
	}
	return azcore.AccessToken{Token: faultscript.Credential, ExpiresOn: time.Now().Add(time.Hour)}, nil
}

func (c *credential) asked() (calls int, scope string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.calls, c.scope
}

// version is one version of a secret in the fake.
type version struct {
	id, value              string
	created, exp, nbf      int64
	updated                int64 // zero: as created
	disabled               bool
	noID, noValue, otherID bool // malformed answers
}

// fake is a vault behind TLS that asks for a token as Key Vault does.
type fake struct {
	server    *httptest.Server
	challenge string

	mu       sync.Mutex
	secrets  map[string][]*version // by folded name
	names    map[string]string     // folded name -> name
	deleted  map[string]bool
	handlers map[string]http.Handler // instead of the path
	all      http.Handler            // instead of everything behind the token
	requests []string
	clock    int64
	pageSize int
}

func newFake(t *testing.T) *fake {
	t.Helper()
	f := &fake{
		challenge: challenge, secrets: map[string][]*version{}, names: map[string]string{}, deleted: map[string]bool{},
		handlers: map[string]http.Handler{}, clock: 1_700_000_000, pageSize: 2,
	}
	f.server = startTLS(f)
	t.Cleanup(f.server.Close)
	return f
}

// startTLS starts a server that logs nothing about clients that go away.
func startTLS(h http.Handler) *httptest.Server {
	server := httptest.NewUnstartedServer(h)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	return server
}

// client sends the requests to every host to the fake.
func (f *fake) client(t *testing.T) *http.Client {
	t.Helper()
	return dialing(t, f.server, f.server.Listener.Addr().String())
}

// dialing returns a client whose requests to any host go to address and trust
// server's certificate, which is for example.com.
func dialing(t *testing.T, server *httptest.Server, address string) *http.Client {
	t.Helper()
	trusted, ok := server.Client().Transport.(*http.Transport)
	if !ok {
		t.Fatal("the test server's client has another transport")
	}
	tr := &http.Transport{
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, address)
		},
		TLSClientConfig: &tls.Config{RootCAs: trusted.TLSClientConfig.RootCAs, ServerName: "example.com", MinVersion: tls.VersionTLS12},
	}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr}
}

// open makes a provider of the fake; change may be nil.
func (f *fake) open(t *testing.T, change func(*azure.Options)) *azure.Provider {
	t.Helper()
	opts := azure.Options{Vault: vaultName, TokenCredential: &credential{}, HTTPClient: f.client(t)}
	if change != nil {
		change(&opts)
	}
	p, err := azure.New(opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p
}

// set makes a new version, one second after the one before.
func (f *fake) set(name, value string) *version {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.clock++
	v := &version{id: fmt.Sprintf("%032x", f.clock), value: value, created: f.clock}
	key := strings.ToLower(name)
	if f.names[key] == "" {
		f.names[key] = name
	}
	delete(f.deleted, key)
	f.secrets[key] = append(f.secrets[key], v)
	return v
}

func (f *fake) purge(name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.secrets, strings.ToLower(name))
}

func (f *fake) softDelete(name string) {
	f.purge(name)
	f.mu.Lock()
	defer f.mu.Unlock()
	f.deleted[strings.ToLower(name)] = true
}

// disable disables the current version.
func (f *fake) disable(name string) {
	f.mu.Lock()
	defer f.mu.Unlock()
	all := f.secrets[strings.ToLower(name)]
	all[len(all)-1].disabled = true
}

// handle answers a path, which ends without a slash, with h.
func (f *fake) handle(path string, h http.Handler) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.handlers[path] = h
}

// handleAll answers everything behind the token with h.
func (f *fake) handleAll(h http.Handler) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.all = h
}

// seen returns the requests so far, as "GET /path".
func (f *fake) seen() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.requests)
}

func (f *fake) calls() int { return len(f.seen()) }

// failWith answers in the form of Key Vault's errors. The message quotes the value.
func failWith(status int, code, inner, quoted string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		said := map[string]any{"code": code, "message": "Caller: " + quoted}
		if inner != "" {
			said["innererror"] = map[string]any{"code": inner}
		}
		w.Header().Set("x-ms-request-id", "99999999-2222-3333-4444-555555555555")
		reply(w, status, map[string]any{"error": said})
	})
}

func reply(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
