package vault_test

import (
	"context"
	"fmt"
	"log"
	"log/slog"
	"net/http"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/vault"
	"github.com/secretmux/secretmux/testing/faultscript"
)

// No error at any depth, no log line and no explanation holds a part of a value
// or of a credential, whatever the server puts into its answers. The fault script
// looks at one error a row; this looks at every way in and at what is printed.
func TestNothingLeaks(t *testing.T) {
	for _, key := range []string{"VAULT_LOG_LEVEL", "VAULT_DEBUG"} {
		t.Setenv(key, "trace")
	}
	printed := &sink{}
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(printed, &slog.HandlerOptions{Level: slog.LevelDebug}))) // and package log's
	defer func() {
		slog.SetDefault(before)
		log.SetOutput(os.Stderr)
	}()

	credential := vault.Credential{Env: "CREDENTIAL"}
	logins := map[string]vault.Auth{
		"token":    {Credential: credential},
		"approle":  {Method: vault.AuthAppRole, RoleID: "r", Credential: credential},
		"jwt":      {Method: vault.AuthJWT, Role: "r", Credential: credential},
		"userpass": {Method: vault.AuthUserpass, Username: "u", Credential: credential},
		"none":     {Method: vault.AuthNone},
	}
	for what, auth := range logins {
		for _, status := range []int{200, 307, 400, 403, 404, 429, 503} {
			for _, body := range bodies() {
				synctest.Test(t, func(t *testing.T) { // the pauses between two tries take no time there
					shows(t, auth, status, body, printed, what)
				})
			}
		}
	}
}

func shows(t *testing.T, auth vault.Auth, status int, body string, printed *sink, what string) {
	t.Helper()
	s := newServer()
	s.answer = func(w http.ResponseWriter, _ *http.Request) bool {
		w.Header().Set("X-Vault-Namespace", faultscript.Canary)
		w.WriteHeader(status)
		_, _ = w.Write([]byte(body))
		return true
	}
	for _, change := range []func(*vault.Options){func(*vault.Options) {}, func(o *vault.Options) { o.Mount, o.KV = "old", 1 }, dynamic} {
		p := s.open(t, func(o *vault.Options) {
			o.Auth, o.LookupEnv = auth, environment("CREDENTIAL="+faultscript.Credential)
			change(o)
		})
		if text := everything(t, p, printed); faultscript.Leaks(text) {
			t.Fatalf("%s, status %d, body %.20q: a part of a value or a credential is shown", what, status, body)
		}
	}
}

func bodies() []string {
	c := faultscript.Canary
	return []string{
		c, `{"errors":["` + c + `"]}`, `{"errors":[],"warnings":["` + c + `"]}`, `{"data":{"data":{"v":"` + c, `{"data":{"` + c + `":1}}`,
		`{"auth":{"client_token":"` + c + `\n"}}`, `{"data":"` + c + `"}`, `{"wrap_info":{"token":"` + c + `"}}`, `{"lease_id":"` + c + `","data":[1]}`,
	}
}

// everything makes each call once and returns what can be printed of it.
func everything(t *testing.T, p *vault.Provider, out *sink) string {
	t.Helper()
	out.reset()
	store, err := secretmux.New(p, secretmux.Options{
		TTL: -1, NegativeTTL: -1, Logger: slog.Default(), Observer: func(e secretmux.Event) { fmt.Fprintf(out, "%+v\n", e) },
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx := context.Background()
	note := func(err error) { fmt.Fprintf(out, "%v %+v %#v\n", err, err, err); unwrapped(out, err) }
	_, err = store.Get(ctx, "a")
	note(err)
	_, err = p.GetVersion(ctx, "a", "previous")
	note(err)
	note(p.Check(ctx))
	for _, err := range p.List(ctx, "") {
		note(err)
	}
	fmt.Fprintf(out, "%v %+v\n", secretmux.Explain(ctx, store, "a"), store.Status())
	fmt.Fprintf(out, "%v %+v\n", p, p)
	note(store.Close())
	return out.text()
}

func unwrapped(out *sink, err error) {
	switch e := err.(type) { //nolint:errorlint // each error of the tree is asked alone
	case interface{ Unwrap() error }:
		fmt.Fprintf(out, "%+v\n", e.Unwrap())
		unwrapped(out, e.Unwrap())
	case interface{ Unwrap() []error }:
		for _, below := range e.Unwrap() {
			fmt.Fprintf(out, "%+v\n", below)
			unwrapped(out, below)
		}
	}
}

// sink takes everything that is printed.
type sink struct {
	mu sync.Mutex
	b  strings.Builder
}

func (s *sink) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.Write(p)
}

func (s *sink) text() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.b.String()
}

func (s *sink) reset() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.b.Reset()
}
