package vault_test

import (
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/vault"
)

// An agent with auto-auth adds its own token to requests that have none.
func TestAgentWithAutoAuth(t *testing.T) {
	f := serve(t)
	f.agent = true
	f.put("a", map[string]any{"v": "x"})
	f.plain["a"] = map[string]any{"v": "x"}
	f.denied["kv/data/secret"] = true
	for what, params := range map[string]string{"kv=2": "/kv?http=true&auth=none", "kv=1": "/old?http=true&auth=none&kv=1"} {
		// A token in the environment must not get in the agent's way.
		p := f.link(t, "vault://"+f.host+params, vault.Options{LookupEnv: environment("VAULT_TOKEN=hvs.stale")})
		got, err := p.Get(t.Context(), "a")
		wantValue(t, what+": Get", got, err, `{"v":"x"}`)
		if sent := f.header.Values("X-Vault-Token"); len(sent) > 0 {
			t.Errorf("%s: a token was sent: %q", what, sent)
		}
		got, err = p.Get(t.Context(), "absent")
		wantClass(t, what+": Get of an absent secret", got, err, secretmux.ErrNotFound)
		if err := secretmux.Check(t.Context(), p); err != nil {
			t.Errorf("%s: Check: %v", what, err)
		}
		if err := secretmux.Close(p); err != nil {
			t.Errorf("%s: Close: %v", what, err)
		}
	}
	p := f.link(t, "vault://"+f.host+"/kv?http=true&auth=none", vault.Options{})
	got, err := p.Get(t.Context(), "secret")
	wantClass(t, "a denied secret", got, err, secretmux.ErrDenied)
	leases := f.link(t, "vault://"+f.host+"/database/creds?http=true&engine=dynamic&auth=none", vault.Options{})
	if _, err := leases.Get(t.Context(), "app"); err != nil {
		t.Errorf("a lease: %v", err)
	}
	if err := secretmux.Close(leases); err != nil || len(f.leases) != 0 {
		t.Errorf("Close: %v; %d leases are left", err, len(f.leases))
	}
	if f.logins != 0 || len(f.tokens) != 1 {
		t.Errorf("%d logins and %d tokens, want none and the agent's own", f.logins, len(f.tokens))
	}
}

// A server without an agent in front of it wants a token. Older servers say so with
// 400.
func TestNoAgent(t *testing.T) {
	for _, status := range []int{400, 403} {
		s := newServer()
		s.tokenless = status
		p := s.open(t, func(o *vault.Options) { o.Auth = vault.Auth{Method: vault.AuthNone} })
		got, err := p.Get(t.Context(), "a")
		wantClass(t, "Get", got, err, secretmux.ErrUnauthenticated)
		wantHint(t, "Get", err, "auth=none")
		wantClass(t, "Check", secretmux.Secret{}, p.Check(t.Context()), secretmux.ErrUnauthenticated)
	}
}
