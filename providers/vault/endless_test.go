package vault_test

import (
	"net/http"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux/providers/vault"
)

// A lease_duration that a Duration can't hold must not turn into a token that has
// ended. Each call would then log in.
func TestEndlessTokens(t *testing.T) {
	for _, duration := range []string{"9223372036", "9223372037", "9223372036854775807", "315360001"} {
		s := newServer()
		s.put("a", map[string]any{"v": "x"})
		s.hook("/login", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte(`{"auth":{"client_token":"` + rootToken + `","lease_duration":` + duration + `,"renewable":true}}`))
		})
		p := s.open(t, func(o *vault.Options) { o.Auth = appRole(t) })
		for range 3 {
			many(t, p, 3)
		}
		if n := s.counted("POST /v1/auth/approle/login"); n != 1 {
			t.Errorf("lease_duration %s: %d logins, want 1", duration, n)
		}
	}
}

// The same holds for a renewal.
func TestEndlessRenewal(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer()
		s.put("a", map[string]any{"v": "x"})
		p := s.open(t, func(o *vault.Options) { o.Auth = appRole(t) })
		many(t, p, 1)
		s.hook("/renew-self", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte(`{"auth":{"client_token":"` + rootToken + `","lease_duration":9223372036854775807,"renewable":true}}`))
		})
		time.Sleep(31 * time.Minute)
		for range 5 {
			many(t, p, 1)
		}
		if n := s.counted("POST /v1/auth/token/renew-self"); n != 1 || s.logins != 1 {
			t.Errorf("%d renewals and %d logins, want 1 and 1", n, s.logins)
		}
	})
}

// A lease or a static role's ttl that a Duration can't hold is long. It has not
// ended.
func TestEndlessLeases(t *testing.T) {
	for _, duration := range []string{"9223372037", "9223372036854775807"} {
		r := newRig(t, nil)
		r.hook("/app", func(w http.ResponseWriter, _ *http.Request) {
			r.with(func() { r.minted++ })
			_, _ = w.Write([]byte(`{"lease_id":"x","renewable":true,"lease_duration":` + duration + `,"data":{"password":"pw"}}`))
		})
		for range 3 {
			got, err := r.p.Get(t.Context(), "app")
			wantValue(t, "Get", got, err, `{"password":"pw"}`)
			if left := time.Until(got.Expires()); left < 365*24*time.Hour {
				t.Errorf("lease_duration %s: it expires in %v", duration, left)
			}
		}
		if r.minted != 1 {
			t.Errorf("lease_duration %s: %d leases made, want 1", duration, r.minted)
		}
		r.hook("/app", func(w http.ResponseWriter, _ *http.Request) {
			_, _ = w.Write([]byte(`{"data":{"password":"pw","last_vault_rotation":"2026-01-02T03:04:05Z","ttl":` + duration + `}}`))
		})
		static := newRig(t, func(o *vault.Options) { o.Transport = direct{r.server} })
		if got, err := static.p.Get(t.Context(), "app"); err != nil || time.Until(got.Expires()) < 365*24*time.Hour {
			t.Errorf("ttl %s: it expires in %v, %v", duration, time.Until(got.Expires()), err)
		}
	}
}
