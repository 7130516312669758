package integration

import (
	"net/url"
	"sync"
	"testing"
	"time"

	"github.com/hashicorp/vault/api"

	"github.com/secretmux/secretmux"
)

// reader lets a login read what is below kv/app, and sets up approle and userpass
// with tokens that live for ttl.
func (s *server) reader(ttl string) (approle, userpass string) {
	s.t.Helper()
	ctx := s.t.Context()
	if err := s.root.Sys().PutPolicyWithContext(ctx, "reader", `path "kv/data/app/*" { capabilities = ["read"] }`); err != nil {
		s.t.Fatal(err)
	}
	for _, method := range []string{"approle", "userpass"} {
		if err := s.root.Sys().EnableAuthWithOptionsWithContext(ctx, method, &api.EnableAuthOptions{Type: method}); err != nil {
			s.t.Fatal(err)
		}
	}
	s.write("auth/approle/role/app", map[string]any{"token_policies": "reader", "token_ttl": ttl, "token_max_ttl": ttl})
	s.write("auth/userpass/users/alice", map[string]any{"password": "correct horse", "token_policies": "reader", "token_ttl": ttl})
	secretID, _ := s.write("auth/approle/role/app/secret-id", nil).Data["secret_id"].(string)
	return "auth=approle&role_id=" + s.roleID("app") + "&secret_id_file=" + url.QueryEscape(s.file(secretID+"\n")),
		"auth=userpass&username=alice&password_file=" + url.QueryEscape(s.file("correct horse\n"))
}

func (s *server) roleID(name string) string {
	s.t.Helper()
	role, err := s.root.Logical().ReadWithContext(s.t.Context(), "auth/approle/role/"+name+"/role-id")
	if err != nil {
		s.t.Fatal(err)
	}
	id, _ := role.Data["role_id"].(string)
	return id
}

// tokens is how many tokens the server has, the root's among them.
func (s *server) tokens() int {
	s.t.Helper()
	all, err := s.root.Logical().ListWithContext(s.t.Context(), "auth/token/accessors")
	if err != nil {
		s.t.Fatal(err)
	}
	keys, _ := all.Data["keys"].([]any)
	return len(keys)
}

func TestLogins(t *testing.T) {
	s := start(t)
	s.put("app/db", map[string]any{"v": "x"})
	s.put("other/db", map[string]any{"v": "x"})
	approle, userpass := s.reader("1h")
	before := s.tokens()
	for what, login := range map[string]string{"approle": approle, "userpass": userpass} {
		t.Run(what, func(t *testing.T) {
			store := s.open(s.linkAs("kv", login))
			for range 3 {
				wantValue(t, store, "app/db", `{"v":"x"}`)
			}
			wantClass(t, store, "app/absent", secretmux.ErrNotFound)
			wantClass(t, store, "other/db", secretmux.ErrDenied)
			wantClass(t, store, "other/absent", secretmux.ErrDenied)
			if err := store.Check(t.Context()); err != nil {
				t.Errorf("Check: %v", err)
			}
			if n := s.tokens() - before; n != 1 {
				t.Errorf("%d logins, want 1", n)
			}
			if err := store.Close(); err != nil || s.tokens() != before {
				t.Errorf("Close: %v; %d tokens are left, want %d", err, s.tokens(), before)
			}
		})
	}
	for what, login := range map[string]string{
		"a wrong password":  "auth=userpass&username=alice&password_file=" + url.QueryEscape(s.file("wrong")),
		"a wrong secret id": "auth=approle&role_id=none&secret_id_file=" + url.QueryEscape(s.file("wrong")),
		"a wrong token":     "token_file=" + url.QueryEscape(s.file("hvs.wrong")),
		"no such method":    "auth=userpass&auth_mount=nowhere&username=alice&password_file=" + url.QueryEscape(s.file("correct horse")),
		"no token":          "auth=none",
		"no secret id":      "auth=approle&role_id=" + s.roleID("app"),
		"no such user":      "auth=userpass&username=bob&password_file=" + url.QueryEscape(s.file("wrong")),
	} {
		t.Run(what, func(t *testing.T) {
			wantClass(t, s.open(s.linkAs("kv", login)), "app/db", secretmux.ErrUnauthenticated)
		})
	}
}

// A role that needs no secret id logs in with its own id.
func TestRoleWithoutASecretID(t *testing.T) {
	s := start(t)
	s.put("app/db", map[string]any{"v": "x"})
	s.reader("1h")
	s.write("auth/approle/role/unbound", map[string]any{
		"token_policies": "reader", "bind_secret_id": false, "secret_id_bound_cidrs": "127.0.0.0/8,::1/128", "token_bound_cidrs": "127.0.0.0/8,::1/128",
	})
	wantValue(t, s.open(s.linkAs("kv", "auth=approle&role_id="+s.roleID("unbound"))), "app/db", `{"v":"x"}`)
}

// A token that ends after two seconds is replaced by one login, however many
// reads find out.
func TestTokenEndsUnderLoad(t *testing.T) {
	s := start(t)
	logins := s.audit("auth/approle/login")
	s.put("app/db", map[string]any{"v": "x"})
	approle, _ := s.reader("2s")
	p := s.provider(s.linkAs("kv", approle))
	for round := 1; round <= 3; round++ {
		readers(t, p, 100)
		if n := logins(); n != round {
			t.Errorf("%d logins after round %d, want %d", n, round, round)
		}
		time.Sleep(2200 * time.Millisecond)
	}
}

// No clock shows that the server revoked a token. A refusal shows it, but the refusal
// of a policy does not count.
func TestRevokedTokenUnderLoad(t *testing.T) {
	s := start(t)
	logins, lookups := s.audit("auth/approle/login"), s.audit("auth/token/lookup-self")
	s.put("app/db", map[string]any{"v": "x"})
	approle, _ := s.reader("1h")
	p := s.provider(s.linkAs("kv", approle))
	readers(t, p, 10)
	if err := s.root.Sys().RevokePrefixWithContext(t.Context(), "auth/approle/login"); err != nil {
		t.Fatal(err)
	}
	readers(t, p, 100)
	if n, m := logins(), lookups(); n != 2 || m != 1 {
		t.Errorf("%d logins and %d lookups, want 2 and 1", n, m)
	}
	wantClass(t, p, "other/db", secretmux.ErrDenied)
	if n := logins(); n != 2 {
		t.Errorf("%d logins after a policy's refusal, want 2", n)
	}
}

// readers makes concurrent reads of one secret that must all succeed.
func readers(t *testing.T, p secretmux.Provider, n int) {
	t.Helper()
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() { wantValue(t, p, "app/db", `{"v":"x"}`) })
	}
	wg.Wait()
}
