package clouds_test

import (
	"context"
	"crypto/tls"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/secretmux/secretmux/testing/faultscript"
)

const tenant = "11111111-2222-3333-4444-555555555555"

// serveTLS is for the backend that speaks nothing else.
func serveTLS(t *testing.T, h http.Handler) (address string) {
	t.Helper()
	server := httptest.NewUnstartedServer(h)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	server.StartTLS()
	t.Cleanup(server.Close)
	return server.Listener.Addr().String()
}

// leading returns a client whose requests to any host go to address. It takes any
// certificate: address is this process.
func leading(t *testing.T, address string) *http.Client {
	t.Helper()
	tr := &http.Transport{
		DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
			return (&net.Dialer{}).DialContext(ctx, network, address)
		},
		TLSClientConfig: &tls.Config{InsecureSkipVerify: true},
	}
	t.Cleanup(tr.CloseIdleConnections)
	return &http.Client{Transport: tr}
}

// keyVault answers as a login server, which gives out Credential, and as a vault
// whose secrets find answers.
func keyVault(find func(w http.ResponseWriter, name string)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		login := "https://" + r.Host + "/" + tenant
		switch name, secret := strings.CutPrefix(r.URL.Path, "/secrets/"); {
		case strings.HasSuffix(r.URL.Path, "/discovery/instance"):
			answer(w, http.StatusOK, map[string]any{"tenant_discovery_endpoint": login + "/v2.0/.well-known/openid-configuration", "metadata": []any{}})
		case strings.HasSuffix(r.URL.Path, "/openid-configuration"):
			answer(w, http.StatusOK, map[string]any{
				"token_endpoint": login + "/oauth2/v2.0/token", "authorization_endpoint": login + "/oauth2/v2.0/authorize", "issuer": login + "/v2.0",
			})
		case strings.HasSuffix(r.URL.Path, "/token"):
			answer(w, http.StatusOK, map[string]any{"access_token": faultscript.Credential, "expires_in": 3600, "token_type": "Bearer"})
		case r.Header.Get("Authorization") != "Bearer "+faultscript.Credential:
			w.Header().Set("WWW-Authenticate", `Bearer authorization="https://login.microsoftonline.com/`+tenant+`", resource="https://vault.azure.net"`)
			answer(w, http.StatusUnauthorized, map[string]any{"error": map[string]any{"code": "Unauthorized", "message": faultscript.Canary}})
		case secret:
			find(w, strings.Trim(name, "/"))
		default: // a deleted secret, which there is none of
			answer(w, http.StatusNotFound, map[string]any{"error": map[string]any{"code": "SecretNotFound", "message": faultscript.Canary}})
		}
	})
}
