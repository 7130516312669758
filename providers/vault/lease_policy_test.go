package vault_test

import (
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/vault"
)

// Renewing and looking up a lease are optional. If a policy denies one of them, a
// good lease is served to its end, and the denied call is not repeated.
func TestLeaseIsServedWhateverThePolicyDenies(t *testing.T) {
	optional := []string{"auth/token/lookup-self", "sys/leases/lookup", "sys/leases/renew", "auth/token/renew-self"}
	for mask := range 1 << len(optional) {
		for what, auth := range map[string]vault.Auth{"token": {}, "approle": appRoleOf("role-1"), "none": {Method: vault.AuthNone}} {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, func(o *vault.Options) { o.Auth = auth })
				r.agent = what == "none"
				var denied []string
				for i, path := range optional {
					if mask>>i&1 == 1 {
						r.denied[path] = true
						denied = append(denied, path)
					}
				}
				for range 50 { // minutes, of a lease of an hour
					if got, err := r.p.Get(t.Context(), "app"); err != nil || got.Reveal() != `{"password":"pw-1","username":"v-app-1"}` {
						t.Fatalf("%s, denied %q: Get = %v, %v", what, denied, got, err)
					}
					time.Sleep(time.Minute)
				}
				if r.minted != 1 {
					t.Errorf("%s, denied %q: %d leases made, want 1", what, denied, r.minted)
				}
				if n := r.counted("GET /v1/auth/token/lookup-self"); n > 3 {
					t.Errorf("%s, denied %q: the token was looked up %d times", what, denied, n)
				}
			})
		}
	}
}

// A token that could look up itself or its leases, and no longer can, has ended.
// Its leases have ended with it.
func TestLeaseOfARevokedToken(t *testing.T) {
	for what, before := range map[string]func(t *testing.T, r *rig){
		"after a lookup of the lease": func(t *testing.T, r *rig) {
			time.Sleep(2 * time.Second)
			r.reads(1, time.Hour-2*time.Second)
		},
		"after a check": func(t *testing.T, r *rig) {
			if err := r.p.Check(t.Context()); err != nil {
				t.Fatal(err)
			}
		},
	} {
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t, nil)
			r.reads(1, time.Hour)
			before(t, r)
			r.with(func() { clear(r.tokens) })
			time.Sleep(2 * time.Second)
			got, err := r.p.Get(t.Context(), "app")
			wantClass(t, "Get with a revoked token, "+what, got, err, secretmux.ErrUnauthenticated)
		})
		synctest.Test(t, func(t *testing.T) {
			r := newRig(t, func(o *vault.Options) { o.Auth = appRoleOf("role-1") })
			r.reads(1, time.Hour)
			before(t, r)
			r.with(func() { clear(r.tokens) })
			time.Sleep(2 * time.Second)
			r.reads(2, time.Hour)
			if r.logins != 2 {
				t.Errorf("%s: %d logins, want 2", what, r.logins)
			}
		})
	}
}
