package azure_test

import (
	"errors"
	"io"
	"net/http"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/azure"
	"github.com/secretmux/secretmux/providers/env"
	"github.com/secretmux/secretmux/testing/faultscript"
)

// typed answers 404 with a body of a media type.
func typed(mediaType, body string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", mediaType)
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, body)
	})
}

// A 404 lets a chain go on only if Key Vault itself answers it for a secret. Proxies,
// gateways and other services answer 404 too.
func TestAbsentIsProven(t *testing.T) {
	const keyVault, json = `{"error":{"code":"SecretNotFound","message":"` + faultscript.Canary + `"}}`, "application/json; charset=utf-8"
	tests := []struct {
		name   string
		answer http.Handler
		class  error
	}{
		{"Key Vault", typed(json, keyVault), secretmux.ErrNotFound},
		{"Key Vault, without a word on its type", typed("", keyVault), secretmux.ErrNotFound},

		{"nothing", typed(json, ""), secretmux.ErrInvalid},
		{"null", typed(json, "null"), secretmux.ErrInvalid},
		{"a page", typed("text/html", "<html>SecretNotFound"), secretmux.ErrInvalid},
		{"a page that quotes a vault", typed("text/html; charset=utf-8", keyVault), secretmux.ErrInvalid},
		{"a page in XHTML", typed("application/xhtml+xml", keyVault), secretmux.ErrInvalid},
		{"a gateway", typed(json, `{"statusCode":404,"message":"Resource not found"}`), secretmux.ErrInvalid},
		{"the code at another place", typed(json, `{"code":"SecretNotFound"}`), secretmux.ErrInvalid},
		{"the code as the error", typed(json, `{"error":"SecretNotFound"}`), secretmux.ErrInvalid},
		{"the code further down", typed(json, `{"error":{"code":"NotFound","innererror":{"code":"SecretNotFound"}}}`), secretmux.ErrInvalid},
		{"the resource manager", typed(json, `{"error":{"code":"ResourceNotFound"}}`), secretmux.ErrInvalid},
		{"another object of a vault", typed(json, `{"error":{"code":"KeyNotFound"}}`), secretmux.ErrInvalid},
		{"a longer code", typed(json, `{"error":{"code":"SecretNotFoundInCache"}}`), secretmux.ErrInvalid},
		{"two documents", typed(json, keyVault+"{}"), secretmux.ErrInvalid},
	}
	t.Setenv("ALPHA", "last year's")
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFake(t)
			f.handle("/secrets/alpha", tt.answer)
			_, err := f.open(t, nil).Get(t.Context(), "alpha")
			wantClass(t, err, tt.class)

			store, err := secretmux.Open(t.Context(), "azure-kv://my-vault,env:",
				azure.Options{TokenCredential: &credential{}, HTTPClient: f.client(t)}.Backend(), env.Backend())
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { _ = store.Close() })
			s, err := store.Get(t.Context(), "alpha")
			if wentOn := err == nil && s.Reveal() == "last year's"; wentOn != errors.Is(tt.class, secretmux.ErrNotFound) {
				t.Errorf("the chain went on: %v; %v", wentOn, err)
			}
		})
	}
}

// A request about the whole vault can't prove that one secret is absent.
func TestListIsNeverAbsent(t *testing.T) {
	f := newFake(t)
	f.handle("/secrets", failWith(404, "SecretNotFound", "", faultscript.Canary))
	p := f.open(t, nil)
	for _, err := range p.List(t.Context(), "") {
		wantClass(t, err, secretmux.ErrInvalid, "does not come from Key Vault")
	}
	wantClass(t, p.Check(t.Context()), secretmux.ErrInvalid)
}

// A secret may be deleted while its versions are listed. It does not count as absent
// then.
func TestDeletedWhilePreviousIsLookedFor(t *testing.T) {
	tests := []struct {
		name    string
		deleted http.Handler
		class   error
	}{
		{"soft-deleted", raw(200, `{"id":"https://v/secrets/alpha"}`), secretmux.ErrDisabled},
		{"purged", nil, secretmux.ErrNotFound},
		{"who knows", failWith(403, "Forbidden", "ForbiddenByRbac", ""), secretmux.ErrDenied},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := newFake(t)
			f.set("alpha", "one")
			f.handle("/secrets/alpha/versions", failWith(404, "SecretNotFound", "", ""))
			if tt.deleted != nil {
				f.handle("/deletedsecrets/alpha", tt.deleted)
			}
			_, err := f.open(t, nil).GetVersion(t.Context(), "alpha", secretmux.VersionPrevious)
			wantClass(t, err, tt.class)
		})
	}
}
