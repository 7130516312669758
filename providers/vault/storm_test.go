package vault_test

import (
	"context"
	"net/http"
	"strconv"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/vault"
)

// stormed lets 4 readers read every two milliseconds for three seconds, and returns
// how many logins there were.
func (s *server) stormed(t *testing.T, p *vault.Provider, want error) int {
	t.Helper()
	before := s.counted("POST /v1/auth/approle/login")
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			for range 1500 {
				if _, err := p.Get(t.Context(), "a"); secretmux.ClassOf(err) != want {
					t.Errorf("Get: %v, want %v", err, want)
					return
				}
				time.Sleep(2 * time.Millisecond)
			}
		})
	}
	wg.Wait()
	return s.counted("POST /v1/auth/approle/login") - before
}

// If logins fail, for any reason, there are far fewer logins than reads. Reads work
// again soon after logins do.
func TestFailedLoginsAreFew(t *testing.T) {
	answers := map[string]struct {
		status int
		body   string
		want   error
	}{
		"500":              {500, ``, secretmux.ErrUnavailable},
		"503, sealed":      {503, `{"errors":["Vault is sealed"]}`, secretmux.ErrUnavailable},
		"429":              {429, ``, secretmux.ErrThrottled},
		"a page":           {200, `<html>welcome</html>`, secretmux.ErrCorrupt},
		"nothing":          {200, ``, secretmux.ErrCorrupt},
		"no token":         {200, `{"auth":null}`, secretmux.ErrCorrupt},
		"a second factor":  {200, `{"auth":{"client_token":""}}`, secretmux.ErrUnauthenticated},
		"no such mount":    {404, `{"errors":["no handler for route"]}`, secretmux.ErrInvalid},
		"a redirect":       {302, ``, secretmux.ErrInvalid},
		"400":              {400, `{"errors":["invalid secret id"]}`, secretmux.ErrUnauthenticated},
		"the line dropped": {0, ``, secretmux.ErrUnavailable},
	}
	for what, answer := range answers {
		t.Run(what, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := newServer()
				s.put("a", map[string]any{"v": "x"})
				s.hook("/login", func(w http.ResponseWriter, _ *http.Request) {
					w.WriteHeader(max(answer.status, 200))
					_, _ = w.Write([]byte(answer.body))
				})
				p := s.open(t, func(o *vault.Options) {
					o.Auth = appRole(t)
					if answer.status == 0 {
						o.Transport = dropping{direct{s}}
					}
				})
				if n := s.stormed(t, p, answer.want); n > 8 {
					t.Errorf("%d logins in three seconds, want a few", n)
				}
				if answer.status == 0 {
					return
				}
				s.hook("/nothing", nil)
				time.Sleep(longestPause(answer.want))
				got, err := p.Get(t.Context(), "a")
				wantValue(t, "Get, once logins work", got, err, `{"v":"x"}`)
			})
		})
	}
}

func longestPause(class error) time.Duration {
	if class == secretmux.ErrUnauthenticated { //nolint:errorlint // the sentinel itself
		return 5 * time.Second // the same credential
	}
	return time.Second
}

// dropping loses the answer of each call.
type dropping struct{ direct }

func (d dropping) RoundTrip(r *http.Request) (*http.Response, error) {
	if _, err := d.direct.RoundTrip(r); err != nil {
		return nil, err
	}
	return nil, http.ErrServerClosed
}

// A credential that differs each time does not avoid the pause. A token that is
// made for each login is one.
func TestChangingCredentialsAreFew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer()
		n := 0
		p := s.open(t, func(o *vault.Options) {
			o.Auth = vault.Auth{Method: vault.AuthAppRole, RoleID: "role-1", Credential: vault.Credential{
				Func: func(context.Context) (string, error) { n++; return "wrong-" + strconv.Itoa(n), nil },
			}}
		})
		if n := s.stormed(t, p, secretmux.ErrUnauthenticated); n > 8 {
			t.Errorf("%d logins in three seconds, want a few", n)
		}
	})
}

// One login that fails by chance costs a starting store nothing: the store tries a
// read again after 50 to 100 ms.
func TestOneFailedLoginIsOverSoon(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newServer()
		s.put("a", map[string]any{"v": "x"})
		first := true
		s.answer = func(w http.ResponseWriter, r *http.Request) bool {
			if r.URL.Path != "/v1/auth/approle/login" || !first {
				return false
			}
			first = false
			w.WriteHeader(http.StatusInternalServerError)
			return true
		}
		store, err := secretmux.New(s.open(t, func(o *vault.Options) { o.Auth = appRole(t) }), secretmux.Options{})
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = store.Close() }()
		got, err := store.Get(t.Context(), "a")
		wantValue(t, "Get", got, err, `{"v":"x"}`)
	})
}
