package vault_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/vault"
)

// file writes a credential and returns its path.
func file(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "credential")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func appRole(t *testing.T) vault.Auth {
	t.Helper()
	return vault.Auth{Method: vault.AuthAppRole, RoleID: "role-1", Credential: vault.Credential{File: file(t, secretID+"\n")}}
}

// appRoleOf is a login whose secret id comes from a function.
func appRoleOf(roleID string) vault.Auth {
	return vault.Auth{Method: vault.AuthAppRole, RoleID: roleID, Credential: vault.Credential{
		Func: func(context.Context) (string, error) { return secretID, nil },
	}}
}

func TestLoginMethods(t *testing.T) {
	tests := map[string]string{
		"approle":        "auth=approle&role_id=role-1&secret_id_file=" + file(t, secretID+"\n"),
		"approle env":    "auth=approle&role_id=role-1&secret_id_env=SECRET_ID",
		"approle mount":  "auth=approle&auth_mount=team/approle&role_id=role-1&secret_id_env=SECRET_ID",
		"kubernetes":     "auth=kubernetes&role=app&jwt_file=" + file(t, jwtText+"\n"),
		"jwt":            "auth=jwt&role=app&jwt_env=JWT",
		"userpass":       "auth=userpass&username=alice%40example.com&password_file=" + file(t, password+"\r\n"),
		"userpass env":   "auth=userpass&username=alice%40example.com&password_env=PASSWORD",
		"token file":     "token_file=" + file(t, rootToken+"\n"),
		"token variable": "auth=token&token_env=ROOT",
		"VAULT_TOKEN":    "",
	}
	for name, query := range tests {
		t.Run(name, func(t *testing.T) {
			f := serve(t)
			f.put("a", map[string]any{"v": "x"})
			p := f.link(t, "vault://"+f.host+"/kv?http=true&"+query, vault.Options{LookupEnv: environment(
				"SECRET_ID="+secretID, "JWT="+jwtText, "PASSWORD="+password+"\n", "ROOT="+rootToken, "VAULT_TOKEN="+rootToken)})
			for range 3 {
				got, err := p.Get(t.Context(), "a")
				wantValue(t, "Get", got, err, `{"v":"x"}`)
			}
			if err := secretmux.Check(t.Context(), p); err != nil {
				t.Errorf("Check: %v", err)
			}
			want := 1
			if !strings.Contains(query, "auth=") || strings.Contains(query, "auth=token") {
				want = 0
			}
			if f.logins != want {
				t.Errorf("%d logins, want %d", f.logins, want)
			}
			if err := secretmux.Close(p); err != nil {
				t.Errorf("Close: %v", err)
			}
			if len(f.tokens) != 1 {
				t.Errorf("%d tokens are left, want only the test's own", len(f.tokens))
			}
		})
	}
}

func TestCertLogin(t *testing.T) {
	s := newServer()
	s.put("a", map[string]any{"v": "x"})
	p := s.open(t, func(o *vault.Options) { o.Auth = vault.Auth{Method: vault.AuthCert, Role: "web"} })
	got, err := p.Get(t.Context(), "a")
	wantValue(t, "Get", got, err, `{"v":"x"}`)
}

func TestBadCredentials(t *testing.T) {
	folder := t.TempDir()
	for name, c := range map[string]vault.Credential{
		"wrong":           {File: file(t, "wrong")},
		"absent file":     {File: filepath.Join(folder, "absent")},
		"a folder":        {File: folder},
		"empty file":      {File: file(t, "\n")},
		"two lines":       {File: file(t, "a\nb")},
		"not text":        {File: file(t, "a\x00b")},
		"too large":       {File: file(t, strings.Repeat("x", 64<<10+1))},
		"unset variable":  {Env: "UNSET"},
		"a failing func":  {Func: func(context.Context) (string, error) { return "", errors.New(secretID) }},
		"an empty answer": {Func: func(context.Context) (string, error) { return "", nil }},
	} {
		t.Run(name, func(t *testing.T) {
			for _, a := range []vault.Auth{
				{Credential: c},
				{Method: vault.AuthAppRole, RoleID: "role-1", Credential: c},
			} {
				p := newServer().open(t, func(o *vault.Options) { o.Auth = a })
				got, err := p.Get(t.Context(), "a")
				wantClass(t, "Get", got, err, secretmux.ErrUnauthenticated)
				wantClass(t, "Check", secretmux.Secret{}, p.Check(t.Context()), secretmux.ErrUnauthenticated)
				if strings.Contains(err.Error(), secretID) || strings.Contains(err.Error(), folder) {
					t.Errorf("the error quotes the credential or its path: %v", err)
				}
			}
		})
	}
}

// A password that is refused is not tried again and again, which would lock the
// account; another one is tried after a moment.
func TestRefusedLoginPauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer()
		s.put("a", map[string]any{"v": "x"})
		credential := "wrong"
		p := s.open(t, func(o *vault.Options) {
			o.Auth = vault.Auth{Method: vault.AuthAppRole, RoleID: "role-1", Credential: vault.Credential{
				Func: func(context.Context) (string, error) { return credential, nil },
			}}
		})
		logins := func(want int) {
			t.Helper()
			for range 5 {
				got, err := p.Get(t.Context(), "a")
				wantClass(t, "Get", got, err, secretmux.ErrUnauthenticated)
			}
			if s.logins != want {
				t.Errorf("%d logins, want %d", s.logins, want)
			}
		}
		logins(1)
		time.Sleep(4 * time.Second)
		logins(1)
		time.Sleep(2 * time.Second)
		logins(2)
		credential = secretID
		time.Sleep(time.Second)
		got, err := p.Get(t.Context(), "a")
		wantValue(t, "Get with the right credential", got, err, `{"v":"x"}`)
	})
}

// slowLogins makes each login take a second of the bubble's time.
func (s *server) slowLogins(status int) {
	s.hook("/login", func(w http.ResponseWriter, r *http.Request) {
		time.Sleep(time.Second)
		if status != http.StatusOK {
			w.WriteHeader(status)
			return
		}
		s.with(func() { s.login(w, r, strings.TrimPrefix(r.URL.Path, "/v1/")) })
	})
}

// A failed login is not repeated by each caller that waited for it.
func TestFailedLoginIsShared(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer()
		s.slowLogins(http.StatusServiceUnavailable)
		p := s.open(t, func(o *vault.Options) { o.Auth = appRole(t) })
		var wg sync.WaitGroup
		for range 50 {
			wg.Go(func() {
				got, err := p.Get(t.Context(), "a")
				wantClass(t, "Get", got, err, secretmux.ErrUnavailable)
			})
		}
		wg.Wait()
		if n := s.counted("POST /v1/auth/approle/login"); n != 1 {
			t.Errorf("%d logins, want 1", n)
		}
	})
}

// When the caller that logs in gives up, another caller logs in.
func TestCancelledLoginIsTakenOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer()
		s.put("a", map[string]any{"v": "x"})
		s.slowLogins(http.StatusOK)
		p := s.open(t, func(o *vault.Options) { o.Auth = appRole(t) })
		ctx, cancel := context.WithCancel(t.Context())
		var wg sync.WaitGroup
		wg.Go(func() {
			if _, err := p.Get(ctx, "a"); !errors.Is(err, context.Canceled) {
				t.Errorf("the caller that gave up: %v", err)
			}
		})
		synctest.Wait()
		wg.Go(func() { many(t, p, 5) })
		synctest.Wait()
		cancel()
		wg.Wait()
		if n := s.counted("POST /v1/auth/approle/login"); n != 2 {
			t.Errorf("%d logins, want 2", n)
		}
	})
}

// Close waits for a login that is running, so that its token does not stay.
func TestCloseDuringALogin(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer()
		s.slowLogins(http.StatusOK)
		p := s.open(t, func(o *vault.Options) { o.Auth = appRole(t) })
		go func() { _, _ = p.Get(t.Context(), "a") }()
		synctest.Wait()
		if err := p.Close(); err != nil || s.logins != 1 || len(s.tokens) != 1 {
			t.Errorf("Close: %v; %d logins, %d tokens are left, want only the test's own", err, s.logins, len(s.tokens))
		}
	})
}

func TestLoginAnswers(t *testing.T) {
	for body, want := range map[string]error{
		`{"auth":null}`: secretmux.ErrCorrupt,
		`{"auth":{"client_token":"","mfa_requirement":1}}`: secretmux.ErrUnauthenticated,
		`{"auth":{"client_token":"a\nb"}}`:                 secretmux.ErrCorrupt,
		`<html>`:                                           secretmux.ErrCorrupt,
		``:                                                 secretmux.ErrCorrupt,
	} {
		s := newServer()
		s.hook("/login", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte(body)) })
		got, err := s.open(t, func(o *vault.Options) { o.Auth = appRole(t) }).Get(t.Context(), "a")
		wantClass(t, "a login that answers "+body, got, err, want)
	}
	for status, want := range map[int]error{
		307: secretmux.ErrUnavailable, 302: secretmux.ErrInvalid, 400: secretmux.ErrUnauthenticated, 403: secretmux.ErrUnauthenticated,
		404: secretmux.ErrInvalid, 429: secretmux.ErrThrottled, 500: secretmux.ErrUnavailable, 503: secretmux.ErrUnavailable,
	} {
		s := newServer()
		s.hook("/login", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) })
		got, err := s.open(t, func(o *vault.Options) { o.Auth = appRole(t) }).Get(t.Context(), "a")
		wantClass(t, "a login refused with "+http.StatusText(status), got, err, want)
	}
}

func TestNamespaces(t *testing.T) {
	for _, tt := range []struct{ query, data, login string }{
		{"", "env", "env"},
		{"&namespace=/", "", ""},
		{"&namespace=team/eu", "team/eu", "team/eu"},
		{"&namespace=/team/", "team", "team"},
		{"&auth_namespace=/", "env", ""},
		{"&namespace=team&auth_namespace=root2", "team", "root2"},
	} {
		f := serve(t)
		f.put("a", map[string]any{"v": "x"})
		seen := map[string]string{}
		f.answer = func(_ http.ResponseWriter, r *http.Request) bool {
			seen[r.URL.Path] = strings.Join(r.Header.Values("X-Vault-Namespace"), "|")
			return false
		}
		p := f.link(t, "vault://"+f.host+"/kv?http=true&auth=approle&role_id=role-1&secret_id_env=S"+tt.query,
			vault.Options{LookupEnv: environment("S="+secretID, "VAULT_NAMESPACE=env")})
		got, err := p.Get(t.Context(), "a")
		wantValue(t, "Get", got, err, `{"v":"x"}`)
		if seen["/v1/kv/data/a"] != tt.data || seen["/v1/auth/approle/login"] != tt.login {
			t.Errorf("%q: namespaces %q", tt.query, seen)
		}
	}
}
