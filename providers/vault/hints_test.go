package vault_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/vault"
	"github.com/secretmux/secretmux/testing/conformance"
)

// wantHint fails the test unless the hint of an error has a word in it.
func wantHint(t *testing.T, what string, err error, want string) {
	t.Helper()
	var e *secretmux.Error
	if !errors.As(err, &e) || !strings.Contains(e.Hint, want) {
		t.Errorf("%s: %v, want a hint about %q", what, err, want)
	}
}

// Names and links that are written as the API has them are absent or denied. The
// hint says why.
func TestNamesOfTheAPI(t *testing.T) {
	const canary = "canary-of-a-name"
	tests := []struct {
		link, name, hint string
	}{
		{"/kv", "kv/data/app", "without v1/"},
		{"/kv", "v1/kv/app", "without v1/"},
		{"/kv", "data/" + canary, "without v1/"},
		{"/kv", "metadata/app", "without v1/"},
		{"/kv", "kv/app", "without v1/"},
		{"/kv/app", "app/db", "without v1/"},
		{"/kv/app", "v1/kv/data/app/db", "without v1/"},
		{"/app?mount=kv", "kv/app/db", "without v1/"},
		{"/kv/data/app", "db", "leave it out"},
		{"/kv/metadata", "db", "leave it out"},
		{"/old?kv=1", "old/app", "without v1/"},
		{"/old?kv=1", "v1/old/app", "without v1/"},
		{"/database/creds?engine=dynamic", "creds/absent", "without v1/"},
		{"/database?engine=dynamic", "v1/database/creds/absent", "without v1/"},
		// Nothing is odd about these.
		{"/kv", "app/db", ""},
		{"/old?kv=1", "data/app", ""},
		{"/kv/database", "app", ""},
	}
	for _, denied := range []bool{false, true} {
		for _, tt := range tests {
			f := serve(t)
			join := "?"
			if strings.Contains(tt.link, "?") {
				join = "&"
			}
			p := f.link(t, "vault://"+f.host+tt.link+join+"http=true", vault.Options{})
			want := secretmux.ErrNotFound
			if denied {
				want = secretmux.ErrDenied
				f.hook(tt.name, func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusForbidden) })
			}
			got, err := p.Get(t.Context(), tt.name)
			wantClass(t, tt.link+" "+tt.name, got, err, want)
			wantHint(t, tt.link+" "+tt.name, err, tt.hint)
			var e *secretmux.Error
			if errors.As(err, &e) && tt.hint == "" && !denied && e.Hint != "" {
				t.Errorf("%s %s has the hint %q, want none", tt.link, tt.name, e.Hint)
			}
		}
	}
}

// A link with the v1/ of the API names a mount that does not exist.
func TestLinkOfTheAPI(t *testing.T) {
	f := serve(t)
	for _, path := range []string{"/v1/kv/app", "/v1/kv/data/app", "/team/kv/app"} {
		got, err := f.link(t, "vault://"+f.host+path+"?http=true", vault.Options{}).Get(t.Context(), "db")
		wantClass(t, path, got, err, secretmux.ErrInvalid)
		wantHint(t, path, err, "v1/")
		wantHint(t, path, err, "mount=")
	}
}

// A credential may be missing. The error names the place if the place is ours, and
// its parameter if an operator wrote it: the text written there may be the
// credential itself.
func TestMissingCredentialSaysWhere(t *testing.T) {
	const canary = "hvs.canary-4417"
	for query, want := range map[string]string{
		"":                         "VAULT_TOKEN is unset or empty",
		"auth=token":               "VAULT_TOKEN is unset or empty",
		"token_env=VAULT_TOKEN":    "VAULT_TOKEN is unset or empty",
		"token_env=" + canary:      "the variable of token_env= is unset or empty",
		"token_file=/" + canary:    "the file of token_file= can't be read: ",
		"auth=kubernetes&role=app": "/var/run/secrets/kubernetes.io/serviceaccount/token can't be read: ",
		"auth=kubernetes&role=a&jwt_file=/" + canary:        "the file of jwt_file= can't be read: ",
		"auth=jwt&jwt_env=" + canary:                        "the variable of jwt_env= is unset or empty",
		"auth=approle&role_id=r&secret_id_env=" + canary:    "the variable of secret_id_env= is unset or empty",
		"auth=userpass&username=u&password_file=/" + canary: "the file of password_file= can't be read: ",
	} {
		f := serve(t)
		p := f.link(t, "vault://"+f.host+"/kv?http=true&"+query, vault.Options{LookupEnv: environment()})
		got, err := p.Get(t.Context(), "a")
		wantClass(t, query, got, err, secretmux.ErrUnauthenticated)
		if !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q in it", query, err, want)
		}
		var e *secretmux.Error
		if !errors.As(err, &e) || e.Hint == "" {
			t.Errorf("%s: no hint: %v", query, err)
		}
		// The address has the parameter, as the config string had.
		conformance.NoLeak(t, errors.Join(e.Err, errors.New(e.Hint)), canary)
		if f.count() != 0 {
			t.Errorf("%s: %d calls without a credential", query, f.count())
		}
	}
	p := newServer().open(t, func(o *vault.Options) {
		o.Auth.Credential.Func = func(context.Context) (string, error) { return "", errors.New(canary) }
	})
	_, err := p.Get(t.Context(), "a")
	if !strings.Contains(err.Error(), "Credential.Func failed") {
		t.Errorf("a failing function: %v", err)
	}
	conformance.NoLeak(t, err, canary)
}

// A login that only the server can refuse is tried, and its refusal says what may
// be missing.
func TestServerDecides(t *testing.T) {
	for what, tt := range map[string]struct{ login, hint string }{
		"approle without a secret id": {"auth=approle&role_id=", "bind_secret_id"},
		"jwt without a role":          {"auth=jwt&jwt_env=JWT&auth_mount=", "default_role"},
	} {
		for _, good := range []bool{true, false} {
			f := serve(t)
			f.put("a", map[string]any{"v": "x"})
			value := map[string]string{"approle without a secret id": "role-unbound", "jwt without a role": "jwt"}[what]
			if !good {
				value = "other"
			}
			p := f.link(t, "vault://"+f.host+"/kv?http=true&"+tt.login+value, vault.Options{LookupEnv: environment("JWT=" + jwtText)})
			got, err := p.Get(t.Context(), "a")
			if good {
				wantValue(t, what, got, err, `{"v":"x"}`)
				continue
			}
			wantClass(t, what+", refused", got, err, secretmux.ErrUnauthenticated)
			wantHint(t, what+", refused", err, tt.hint)
		}
	}
}

// Most dynamic engines answer 400 to an unknown role.
func TestRefusedRequestsHaveAHint(t *testing.T) {
	s := newServer()
	s.hook("/creds/absent", func(w http.ResponseWriter, _ *http.Request) {
		reply(w, http.StatusBadRequest, map[string]any{"errors": []string{"unknown role: absent"}})
	})
	got, err := s.open(t, dynamic).Get(t.Context(), "absent")
	wantClass(t, "Get", got, err, secretmux.ErrInvalid)
	wantHint(t, "Get", err, "has this role")
}
