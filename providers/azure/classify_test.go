package azure_test

import (
	"errors"
	"io"
	"net/http"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/azure"
	"github.com/secretmux/secretmux/testing/faultscript"
)

// raw answers with a body that is not of Key Vault's form.
func raw(status int, body string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Location", "https://elsewhere.example.com/")
		w.WriteHeader(status)
		_, _ = io.WriteString(w, body)
	})
}

// There is one row for each answer of a vault, or of another server in its place.
func TestClassify(t *testing.T) {
	const q = faultscript.Canary
	tests := []struct {
		name   string
		answer http.Handler
		class  error
		says   []string
	}{
		{"absent", failWith(404, "SecretNotFound", "", q), secretmux.ErrNotFound, []string{"404 SecretNotFound", "request 99999999-"}},
		{"a proxy's 404", raw(404, q), secretmux.ErrInvalid, []string{"does not come from Key Vault"}},
		{"another 404", failWith(404, "VaultNotFound", "", q), secretmux.ErrInvalid, []string{"does not come from Key Vault"}},
		{"disabled", failWith(403, "Forbidden", "SecretDisabled", q), secretmux.ErrDisabled, []string{"SecretDisabled", "enable the version"}},
		{"role", failWith(403, "Forbidden", "ForbiddenByRbac", q), secretmux.ErrDenied, []string{"getSecret/action", "Key Vault Secrets User"}},
		{"policy", failWith(403, "Forbidden", "AccessDenied", q), secretmux.ErrDenied, []string{"secrets/get"}},
		{"policy of the vault", failWith(403, "Forbidden", "ForbiddenByPolicy", q), secretmux.ErrDenied, []string{"secrets/get"}},
		{"firewall", failWith(403, "Forbidden", "ForbiddenByFirewall", q), secretmux.ErrDenied, []string{"network rules"}},
		{"private endpoint", failWith(403, "Forbidden", "ForbiddenByConnection", q), secretmux.ErrDenied, []string{"network rules"}},
		{"denied for no reason", failWith(403, "Forbidden", q, q), secretmux.ErrDenied, []string{"getSecret/action", "secrets/get"}},
		{"denied by whom", raw(403, q), secretmux.ErrDenied, nil},
		{"bad request", failWith(400, "BadParameter", "", q), secretmux.ErrInvalid, []string{"400 BadParameter", "api_version="}},
		{"being deleted", failWith(409, "Conflict", "ObjectIsBeingDeleted", q), secretmux.ErrDisabled, nil},
		{"deleted", failWith(409, "Conflict", "ObjectIsDeletedButRecoverable", q), secretmux.ErrDisabled, nil},
		{"being recovered", failWith(409, "Conflict", "ObjectIsBeingRecovered", q), secretmux.ErrUnavailable, nil},
		{"throttled", failWith(429, "Throttled", "", q), secretmux.ErrThrottled, []string{"ttl="}},
		{"request timeout", raw(408, q), secretmux.ErrUnavailable, nil},
		{"proxy login", raw(407, q), secretmux.ErrUnavailable, nil},
		{"500", raw(500, q), secretmux.ErrUnavailable, []string{"status 500"}},
		{"502", raw(502, q), secretmux.ErrUnavailable, nil},
		{"503", failWith(503, q, q, q), secretmux.ErrUnavailable, nil},
		{"malformed request id", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("x-ms-request-id", q)
			w.Header().Set("x-ms-error-code", q)
			w.WriteHeader(http.StatusInternalServerError)
		}), secretmux.ErrUnavailable, nil},
		{"redirect", raw(307, q), secretmux.ErrUnavailable, []string{"never redirects"}},
		{"redirect of old", raw(302, q), secretmux.ErrUnavailable, []string{"never redirects"}},
		{"no content", raw(204, ""), secretmux.ErrCorrupt, nil},
		{"web page", raw(200, "<html>"+q), secretmux.ErrCorrupt, nil},
		{"empty", raw(200, ""), secretmux.ErrCorrupt, nil},
		{"null", raw(200, "null"), secretmux.ErrCorrupt, nil},
		{"value of another type", raw(200, `{"value":["`+q+`"]}`), secretmux.ErrCorrupt, nil},
		{"value null", raw(200, `{"value":null}`), secretmux.ErrCorrupt, []string{"no value"}},
		{"no id", raw(200, `{"value":"`+q+`"}`), secretmux.ErrCorrupt, []string{"no id"}},
		{"bad id", raw(200, `{"value":"`+q+`","id":"`+q+`"}`), secretmux.ErrCorrupt, nil},
		{"id that is not a URL", raw(200, `{"value":"`+q+`","id":"https://%zz/secrets/alpha"}`), secretmux.ErrCorrupt, nil},
		{"no version", raw(200, `{"value":"`+q+`","id":"https://v/secrets/alpha"}`), secretmux.ErrCorrupt, []string{"32 hexadecimal"}},
		{"odd version", raw(200, `{"value":"`+q+`","id":"https://v/secrets/alpha/`+q+`"}`), secretmux.ErrCorrupt, nil},
		{"another secret", raw(200, `{"value":"`+q+`","id":"https://v/secrets/beta/0123456789abcdef0123456789abcdef"}`), secretmux.ErrCorrupt, nil},
		{"odd time", raw(200, `{"value":"x","attributes":{"created":"`+q+`"}}`), secretmux.ErrCorrupt, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFake(t)
			f.handle("/secrets/alpha", tt.answer)
			p := f.open(t, nil)
			secret, err := p.Get(t.Context(), "alpha")
			e := wantClass(t, err, tt.class, tt.says...)
			if !secret.IsZero() || e.Source != "azure-kv://my-vault" || e.Name != "alpha" || e.Op != "get" {
				t.Errorf("op %q, name %q, source %q", e.Op, e.Name, e.Source)
			}
		})
	}
}

// A secret that is absent may be soft-deleted. If the vault does not say which, it
// does not count as absent.
func TestClassifyAbsent(t *testing.T) {
	tests := []struct {
		name   string
		answer http.Handler
		class  error
		says   []string
	}{
		{"not deleted", failWith(404, "SecretNotFound", "", ""), secretmux.ErrNotFound, nil},
		{"deleted", raw(200, `{"id":"https://v/secrets/alpha"}`), secretmux.ErrDisabled, []string{"soft-deleted", "recover the secret"}},
		{"denied", failWith(403, "Forbidden", "ForbiddenByRbac", ""), secretmux.ErrDenied, []string{"readMetadata/action", "deleted=absent"}},
		{"throttled", failWith(429, "Throttled", "", ""), secretmux.ErrThrottled, nil},
		{"no soft-delete", failWith(400, "NotSupported", "", ""), secretmux.ErrInvalid, []string{"deleted=absent"}},
		{"down", raw(503, faultscript.Canary), secretmux.ErrUnavailable, []string{"did not say which", "503"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFake(t)
			f.handle("/deletedsecrets/alpha", tt.answer)
			_, err := f.open(t, nil).Get(t.Context(), "alpha")
			wantClass(t, err, tt.class, tt.says...)

			before := f.calls()
			_, err = f.open(t, func(o *azure.Options) { o.DeletedAbsent = true }).Get(t.Context(), "alpha")
			wantClass(t, err, secretmux.ErrNotFound)
			if calls := f.calls() - before; calls != 2 { // the challenge, the secret
				t.Errorf("with deleted=absent a Get made %d requests, want 2", calls)
			}
		})
	}
}

// The vault must ask for a token of its own domain.
func TestChallenge(t *testing.T) {
	tests := []struct {
		name, challenge string
		class           error
	}{
		{"good", challenge, nil},
		{"another domain", `Bearer authorization="https://login.microsoftonline.com/x", resource="https://management.azure.com"`, secretmux.ErrInvalid},
		{"no resource", `Bearer authorization="https://login.microsoftonline.com/x"`, secretmux.ErrInvalid},
		{"another scheme", `Basic realm="` + faultscript.Canary + `"`, secretmux.ErrInvalid},
		{"none", "", secretmux.ErrUnauthenticated},
		{"one that the SDK panics on", `Bearer authorization="https://login", resource="https://vault.azure.net"`, secretmux.ErrCorrupt},
		{"claims that are not claims", `Bearer error="insufficient_claims", claims="` + faultscript.Canary + `!"`, secretmux.ErrInvalid},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFake(t)
			f.challenge = tt.challenge
			f.set("alpha", "one")
			c := &credential{}
			_, err := f.open(t, func(o *azure.Options) { o.TokenCredential = c }).Get(t.Context(), "alpha")
			if tt.class == nil {
				if err != nil {
					t.Fatal(err)
				}
				if calls, scope := c.asked(); calls != 1 || scope != "https://vault.azure.net/.default" {
					t.Errorf("%d tokens were asked for, for %q", calls, scope)
				}
				return
			}
			wantClass(t, err, tt.class)
			if calls, _ := c.asked(); calls != 0 {
				t.Error("a token was asked for")
			}
		})
	}
}

func TestCredentialThatPanics(t *testing.T) {
	f := newFake(t)
	p := f.open(t, func(o *azure.Options) { o.TokenCredential = panics{} })
	_, err := p.Get(t.Context(), "alpha")
	wantClass(t, err, secretmux.ErrCorrupt)
	if errors.Is(err, secretmux.ErrNotFound) {
		t.Error("it is not found as well")
	}
}
