package vault_test

import (
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/vault"
)

// many makes concurrent Gets that must all succeed.
func many(t *testing.T, p *vault.Provider, n int) {
	t.Helper()
	var wg sync.WaitGroup
	for range n {
		wg.Go(func() {
			got, err := p.Get(t.Context(), "a")
			wantValue(t, "Get", got, err, `{"v":"x"}`)
		})
	}
	wg.Wait()
}

// The server forgets the token long before its end. One login follows, even if many
// calls find out.
func TestOneLoginForAll(t *testing.T) {
	f := serve(t)
	f.put("a", map[string]any{"v": "x"})
	f.link(t, "vault://"+f.host+"/kv?http=true", vault.Options{})
	p, err := vault.New(vault.Options{Address: "http://" + f.host, Mount: "kv", Auth: appRole(t), LookupEnv: environment()})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.Close() }()
	many(t, p, 100)
	f.with(func() { delete(f.tokens, "hvs.login-1") })
	many(t, p, 100)
	if f.logins != 2 {
		t.Errorf("%d logins, want 2", f.logins)
	}
	if n := f.counted("GET /v1/auth/token/lookup-self"); n != 1 {
		t.Errorf("%d lookups of the token, want 1", n)
	}
}

func TestTokenLife(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer() // tokens of an hour, at most four
		s.put("a", map[string]any{"v": "x"})
		p := s.open(t, func(o *vault.Options) { o.Auth = appRole(t) })
		renewals := func(wantLogins, wantRenewals int) {
			t.Helper()
			many(t, p, 10)
			if n := s.counted("POST /v1/auth/token/renew-self"); s.logins != wantLogins || n != wantRenewals {
				t.Errorf("%d logins and %d renewals, want %d and %d", s.logins, n, wantLogins, wantRenewals)
			}
		}
		renewals(1, 0)
		time.Sleep(20 * time.Minute)
		renewals(1, 0)
		for n := range 6 { // once past each half, up to 3:26
			time.Sleep(31 * time.Minute)
			renewals(1, n+1)
		}
		time.Sleep(2 * time.Hour) // past the maximum, unused meanwhile
		renewals(2, 6)
		if n := s.counted("GET /v1/auth/token/lookup-self"); n != 0 {
			t.Errorf("%d lookups: a token whose end is known needs none", n)
		}
	})
}

// A renewal that fails does not end a good token, and it is not tried at each call.
func TestRenewalFails(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer()
		s.put("a", map[string]any{"v": "x"})
		p := s.open(t, func(o *vault.Options) { o.Auth = appRole(t) })
		many(t, p, 1)
		s.hook("/renew-self", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) })
		time.Sleep(31 * time.Minute)
		for range 20 {
			many(t, p, 1)
		}
		if n := s.counted("POST /v1/auth/token/renew-self"); n != 1 || s.logins != 1 {
			t.Errorf("%d renewals and %d logins, want 1 and 1", n, s.logins)
		}
		// Logins fail too: the token is used to its end, then it is over.
		s.hook("-self", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) })
		s.with(func() {
			next := s.answer
			s.answer = func(w http.ResponseWriter, r *http.Request) bool {
				if r.URL.Path == "/v1/auth/approle/login" {
					w.WriteHeader(503)
					return true
				}
				return next(w, r)
			}
		})
		time.Sleep(28 * time.Minute)
		many(t, p, 5)
		time.Sleep(2 * time.Minute)
		got, err := p.Get(t.Context(), "a")
		wantClass(t, "Get after the end", got, err, secretmux.ErrUnavailable)
	})
}

func TestDeniedIsNotExpired(t *testing.T) {
	s := newServer()
	s.put("a", map[string]any{"v": "x"})
	s.denied["kv/data/secret"] = true
	for _, auth := range []vault.Auth{{}, appRole(t)} {
		p := s.open(t, func(o *vault.Options) { o.Auth = auth })
		s.with(func() { s.logins = 0 })
		for range 3 {
			got, err := p.Get(t.Context(), "secret")
			wantClass(t, "Get", got, err, secretmux.ErrDenied)
		}
		if s.logins > 1 {
			t.Errorf("%d logins because of a policy", s.logins)
		}
	}
}

// If a role may not look up its own token, 403 says nothing. One needless login
// shows that, and no more follow.
func TestBlindRoleDoesNotLogInAgainAndAgain(t *testing.T) {
	s := newServer()
	s.put("a", map[string]any{"v": "x"})
	s.denied["kv/data/secret"], s.denied["auth/token/lookup-self"] = true, true
	p := s.open(t, func(o *vault.Options) { o.Auth = appRole(t) })
	for range 5 {
		got, err := p.Get(t.Context(), "secret")
		wantClass(t, "Get", got, err, secretmux.ErrDenied)
		many(t, p, 3)
	}
	if s.logins != 2 {
		t.Errorf("%d logins, want 2", s.logins)
	}
	if err := p.Check(t.Context()); err != nil {
		t.Errorf("Check: %v", err)
	}
}

func TestTokenFileIsReadAnew(t *testing.T) {
	s := newServer()
	s.put("a", map[string]any{"v": "x"})
	path := file(t, rootToken+"\n")
	p := s.open(t, func(o *vault.Options) { o.Auth.Credential.File = path })
	many(t, p, 3)
	s.with(func() { s.tokens = map[string]*token{"hvs.second": {}} })
	got, err := p.Get(t.Context(), "a")
	wantClass(t, "Get with an old token", got, err, secretmux.ErrUnauthenticated)
	if err := os.WriteFile(path, []byte("hvs.second\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	many(t, p, 3)
	if err := p.Close(); err != nil || len(s.tokens) != 1 {
		t.Errorf("Close: %v; %d tokens are left: one that was given must not be revoked", err, len(s.tokens))
	}
}

// If the lookup fails, the meaning of the 403 stays unknown.
func TestRefusalThatCannotBeTold(t *testing.T) {
	s := newServer()
	s.denied["kv/data/a"] = true
	s.hook("/lookup-self", func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(503) })
	got, err := s.open(t, nil).Get(t.Context(), "a")
	wantClass(t, "Get", got, err, secretmux.ErrUnavailable)
}

func TestClosed(t *testing.T) {
	s := newServer()
	p := s.open(t, func(o *vault.Options) { o.Auth = appRole(t) })
	for range 2 {
		if err := p.Close(); err != nil {
			t.Errorf("Close: %v", err)
		}
	}
	got, err := p.Get(t.Context(), "a")
	wantClass(t, "Get", got, err, secretmux.ErrClosed)
	got, err = p.GetVersion(t.Context(), "a", "previous")
	wantClass(t, "GetVersion", got, err, secretmux.ErrClosed)
	wantClass(t, "Check", secretmux.Secret{}, p.Check(t.Context()), secretmux.ErrClosed)
	for _, err := range p.List(t.Context(), "") {
		wantClass(t, "List", secretmux.Secret{}, err, secretmux.ErrClosed)
	}
	if s.calls != 0 {
		t.Errorf("%d calls, want none", s.calls)
	}
}

func TestCloseReportsWhatItCouldNotRevoke(t *testing.T) {
	s := newServer()
	s.put("a", map[string]any{"v": "x"})
	p := s.open(t, func(o *vault.Options) { o.Auth = appRole(t) })
	many(t, p, 1)
	s.denied["auth/token/revoke-self"] = true
	wantClass(t, "Close", secretmux.Secret{}, p.Close(), secretmux.ErrDenied)
}

// The last tenth of a token's life is for the next login. While that login fails,
// the token is used: the server accepts it to its end.
func TestLoginFailsWhileTheTokenLives(t *testing.T) {
	for what, answer := range map[string]struct {
		status int
		body   string
		want   error
	}{
		"an outage":   {503, ``, secretmux.ErrUnavailable},
		"a page":      {200, `<html>`, secretmux.ErrCorrupt},
		"a refusal":   {400, `{"errors":["invalid secret id"]}`, secretmux.ErrUnauthenticated},
		"no method":   {404, `{"errors":["no handler for route"]}`, secretmux.ErrInvalid},
		"a redirect":  {302, ``, secretmux.ErrInvalid},
		"a long line": {200, `{"auth":{"client_token":"` + strings.Repeat("x", 2<<20), secretmux.ErrTooLarge},
	} {
		synctest.Test(t, func(t *testing.T) {
			s := newServer()
			s.tokenMax = s.tokenTTL // nothing to renew
			s.put("a", map[string]any{"v": "x"})
			p := s.open(t, func(o *vault.Options) { o.Auth = appRoleOf("role-1") })
			many(t, p, 1)
			s.hook("/login", func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(answer.status)
				_, _ = w.Write([]byte(answer.body))
			})
			time.Sleep(55 * time.Minute)
			for range 10 {
				many(t, p, 3)
			}
			time.Sleep(5 * time.Minute)
			got, err := p.Get(t.Context(), "a")
			wantClass(t, "Get after the end, "+what, got, err, answer.want)
		})
	}
}
