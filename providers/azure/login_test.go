package azure_test

import (
	"context"
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/azure"
	"github.com/secretmux/secretmux/testing/faultscript"
)

// world is a network with a vault, a login server and a metadata server, on which
// the SDK's own credentials log in.
type world struct {
	vault    *fake
	token    http.Handler // of the login server; nil means that there is none
	metadata http.Handler // of the metadata server; nil means that there is none
	logins   atomic.Int64
}

func (w *world) client(t *testing.T) *http.Client {
	t.Helper()
	count := func(h http.Handler) http.Handler {
		return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) { w.logins.Add(1); h.ServeHTTP(rw, r) })
	}
	refused := faultscript.Refused(t)
	login, metadata := refused, refused
	if w.token != nil {
		server := startTLS(entra(count(w.token)))
		t.Cleanup(server.Close)
		login = server.Listener.Addr().String()
	}
	if w.metadata != nil {
		server := httptest.NewServer(count(w.metadata))
		t.Cleanup(server.Close)
		metadata = server.Listener.Addr().String()
	}
	client := dialing(t, w.vault.server, "")
	tr := client.Transport.(*http.Transport)
	tr.TLSClientConfig = &tls.Config{RootCAs: tr.TLSClientConfig.RootCAs, ServerName: "example.com", MinVersion: tls.VersionTLS12}
	tr.DialContext = func(ctx context.Context, network, address string) (net.Conn, error) {
		switch host, _, _ := strings.Cut(address, ":"); {
		case strings.HasPrefix(host, "my-vault."):
			address = w.vault.server.Listener.Addr().String()
		case host == "169.254.169.254":
			address = metadata
		default:
			address = login
		}
		return (&net.Dialer{}).DialContext(ctx, network, address)
	}
	return client
}

// entra answers the requests that the SDK makes before it asks a login server for a
// token.
func entra(token http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		base := "https://" + r.Host + "/" + tenantID
		if asked, ok := strings.CutSuffix(r.FormValue("authorization_endpoint"), "/oauth2/v2.0/authorize"); ok {
			base = asked // one server vouches for all others
		}
		switch {
		case strings.HasSuffix(r.URL.Path, "/discovery/instance"):
			reply(w, http.StatusOK, map[string]any{"tenant_discovery_endpoint": base + "/v2.0/.well-known/openid-configuration", "metadata": []any{}})
		case strings.HasSuffix(r.URL.Path, "/openid-configuration"):
			reply(w, http.StatusOK, map[string]any{
				"token_endpoint": base + "/oauth2/v2.0/token", "authorization_endpoint": base + "/oauth2/v2.0/authorize", "issuer": base + "/v2.0",
			})
		default:
			token.ServeHTTP(w, r)
		}
	})
}

// grants answers as a login server and as a metadata server.
func grants() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		reply(w, http.StatusOK, map[string]any{
			"access_token": faultscript.Credential, "expires_in": 3600, "token_type": "Bearer", "resource": "https://vault.azure.net",
		})
	})
}

func refuses(status int, text string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		reply(w, status, map[string]any{"error": "invalid_client", "error_description": text + " " + faultscript.Canary})
	})
}

func setEnv(t *testing.T, pairs ...string) {
	t.Helper()
	for i := 0; i+1 < len(pairs); i += 2 {
		t.Setenv(pairs[i], pairs[i+1])
	}
}

func asPrincipal(t *testing.T) {
	setEnv(t, "AZURE_TENANT_ID", tenantID, "AZURE_CLIENT_ID", clientID, "AZURE_CLIENT_SECRET", faultscript.Credential)
}

func asWorkload(t *testing.T) {
	file := filepath.Join(t.TempDir(), "token")
	if err := os.WriteFile(file, []byte(faultscript.Credential+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	setEnv(t, "AZURE_TENANT_ID", tenantID, "AZURE_CLIENT_ID", clientID, "AZURE_FEDERATED_TOKEN_FILE", file)
}

// az puts a program of that name in front of PATH.
func az(script string) func(*testing.T) {
	return func(t *testing.T) {
		folder := t.TempDir()
		if err := os.WriteFile(filepath.Join(folder, "az"), []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil {
			t.Fatal(err)
		}
		t.Setenv("PATH", folder+string(os.PathListSeparator)+os.Getenv("PATH"))
	}
}

// otherID is a client ID of only one test: the SDK keeps the tokens of managed
// identities for the whole process.
func otherID(digit string) string { return strings.Repeat(digit, 8) + clientID[8:] }

// Each row is a credential of the SDK, the answer that it gets, and the error that
// follows.
func TestCredentials(t *testing.T) {
	const azToken = `echo '{"accessToken":"` + faultscript.Credential + `","expires_on":4000000000}'`
	tests := []struct {
		name     string
		link     string
		set      func(*testing.T)
		token    http.Handler
		metadata http.Handler
		class    error
		says     []string
	}{
		{"env", "?credential=env", asPrincipal, grants(), nil, nil, nil},
		{"env unset", "?credential=env", nil, grants(), nil, secretmux.ErrUnauthenticated, []string{"EnvironmentCredential gave no token", "AZURE_CLIENT_SECRET"}},
		{"env refused", "?credential=env", asPrincipal, refuses(401, "AADSTS7000215: Invalid client secret"), nil, secretmux.ErrUnauthenticated, []string{"EnvironmentCredential", "status 401", "AADSTS7000215"}},
		{"env throttled", "?credential=env", asPrincipal, refuses(429, ""), nil, secretmux.ErrThrottled, []string{"status 429"}},
		{"env, login down", "?credential=env", asPrincipal, refuses(503, ""), nil, secretmux.ErrUnavailable, []string{"status 503"}},
		{"env, no login server", "?credential=env", asPrincipal, nil, nil, secretmux.ErrUnavailable, []string{"EnvironmentCredential", "can't be reached"}},
		{"env, broken certificate", "?credential=env", func(t *testing.T) {
			asPrincipal(t)
			setEnv(t, "AZURE_CLIENT_SECRET", "", "AZURE_CLIENT_CERTIFICATE_PATH", "/nowhere/"+faultscript.Canary)
		}, grants(), nil, secretmux.ErrUnauthenticated, []string{"EnvironmentCredential"}},
		{"workload", "?credential=workload", asWorkload, grants(), nil, nil, nil},
		{"workload unset", "?credential=workload", nil, grants(), nil, secretmux.ErrUnauthenticated, []string{"WorkloadIdentityCredential", "AZURE_FEDERATED_TOKEN_FILE"}},
		{"workload, no file", "?credential=workload&client_id=" + clientID + "&tenant_id=" + tenantID, func(t *testing.T) {
			t.Setenv("AZURE_FEDERATED_TOKEN_FILE", "/nowhere/"+faultscript.Canary)
		}, grants(), nil, secretmux.ErrUnauthenticated, []string{"WorkloadIdentityCredential"}},
		{"managed", "?credential=managed", nil, nil, grants(), nil, nil},
		{"managed by ID", "?credential=managed&client_id=" + clientID, nil, nil, grants(), nil, nil},
		{"managed, not assigned", "?credential=managed&client_id=" + otherID("1"), nil, nil, refuses(400, ""), secretmux.ErrUnauthenticated, []string{"ManagedIdentityCredential", "client_id="}},
		{"managed, nowhere", "?credential=managed&client_id=" + otherID("2"), nil, grants(), nil, secretmux.ErrUnavailable, []string{"ManagedIdentityCredential", "can't be reached"}},
		{"cli", "?credential=cli", az(azToken), nil, nil, nil, nil},
		{"cli logged out", "?credential=cli", az("echo '" + faultscript.Canary + " run az login' >&2; exit 1"), nil, nil, secretmux.ErrUnauthenticated, []string{"AzureCLICredential", "az login"}},
		{"cli says nonsense", "?credential=cli", az("echo " + faultscript.Canary), nil, nil, secretmux.ErrUnauthenticated, []string{"AzureCLICredential"}},
		{"default, by env", "", asPrincipal, grants(), nil, nil, nil},
		{"default, by metadata", "", nil, nil, grants(), nil, nil},
		{"default, with nothing", "", func(t *testing.T) { az("exit 127")(t) }, nil, nil, secretmux.ErrUnauthenticated, []string{
			"DefaultAzureCredential gave no token", "tried EnvironmentCredential, WorkloadIdentityCredential, ManagedIdentityCredential, AzureCLICredential", "credential=managed",
		}},
		{"default, refused", "", asPrincipal, refuses(400, "AADSTS700016"), nil, secretmux.ErrUnauthenticated, []string{"AADSTS700016", "tried ClientSecretCredential"}},
		{"default, no login server", "", asPrincipal, nil, nil, secretmux.ErrUnavailable, []string{"can't be reached"}},
		{"default, mis-set", "", func(t *testing.T) { t.Setenv("AZURE_TOKEN_CREDENTIALS", faultscript.Canary) }, nil, nil, secretmux.ErrUnauthenticated, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if tt.set != nil {
				tt.set(t)
			}
			w := &world{vault: newFake(t), token: tt.token, metadata: tt.metadata}
			w.vault.set("alpha", "one")
			p, err := openURI(t, "azure-kv://my-vault"+tt.link, azure.Options{HTTPClient: w.client(t)})
			if err != nil || w.vault.calls() != 0 || w.logins.Load() != 0 {
				t.Fatalf("opening made calls, or %v", err)
			}
			s, err := p.Get(t.Context(), "alpha")
			if tt.class != nil {
				wantClass(t, err, tt.class, tt.says...)
				return
			}
			if err != nil || s.Reveal() != "one" {
				t.Errorf("Get: %v", err)
			}
		})
	}
}

// Making the credential is tried again, because the file may appear later.
func TestCredentialThatComesLater(t *testing.T) {
	w := &world{vault: newFake(t), token: grants()}
	w.vault.set("alpha", "one")
	p, err := openURI(t, "azure-kv://my-vault?credential=env", azure.Options{HTTPClient: w.client(t)})
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.Get(t.Context(), "alpha")
	wantClass(t, err, secretmux.ErrUnauthenticated)
	asPrincipal(t)
	if _, err = p.Get(t.Context(), "alpha"); err != nil {
		t.Error(err)
	}
}

// A login is sent to the vault's cloud. It never follows a redirect to another host,
// which would get the client secret.
func TestLoginHost(t *testing.T) {
	tests := []struct{ vault, authority, want string }{
		{"my-vault", "", "login.microsoftonline.com"},
		{"my-vault.vault.azure.cn", "", "login.chinacloudapi.cn"},
		{"my-vault.vault.usgovcloudapi.net", "", "login.microsoftonline.us"},
		{"my-vault.vault.azure.cn", "https://login.example.com/", "login.example.com"},
	}
	for _, tt := range tests {
		t.Run(tt.vault+tt.authority, func(t *testing.T) {
			asPrincipal(t)
			if tt.authority != "" {
				t.Setenv("AZURE_AUTHORITY_HOST", tt.authority)
			}
			host := ""
			stolen := 0
			w := &world{vault: newFake(t), token: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.HasPrefix(r.URL.Path, "/stolen") {
					stolen++
				}
				host = r.Host
				w.Header().Set("Location", "https://elsewhere.example.com/stolen")
				w.WriteHeader(http.StatusTemporaryRedirect)
			})}
			_, domain, _ := strings.Cut(tt.vault, ".")
			if domain != "" {
				w.vault.challenge = strings.ReplaceAll(challenge, "vault.azure.net", domain)
			}
			p, err := openURI(t, "azure-kv://"+tt.vault+"?credential=env", azure.Options{HTTPClient: w.client(t)})
			if err != nil {
				t.Fatal(err)
			}
			_, err = p.Get(t.Context(), "alpha")
			wantClass(t, err, secretmux.ErrUnauthenticated, "status 307")
			if host != tt.want || stolen != 0 {
				t.Errorf("the login went to %q; %d followed the redirect", host, stolen)
			}
		})
	}
}
