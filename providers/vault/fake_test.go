package vault_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/secretmux/secretmux/providers/vault"
)

// server is a Vault that speaks the real wire format: the mounts kv (KV version
// 2), old (KV version 1) and database (dynamic), and the login methods. A test may
// mount something else.
type server struct {
	kinds                                  map[string]kind // by the mount's path
	mu                                     sync.Mutex
	calls                                  int
	seen                                   []string // method and path of each call
	header                                 http.Header
	secrets                                map[string]*record        // kv
	plain                                  map[string]map[string]any // old
	tokens                                 map[string]*token         // by the token itself
	denied                                 map[string]bool           // paths that the policy denies
	leases                                 map[string]*leased        // by id
	logins                                 int
	minted                                 int
	agent                                  bool                                              // adds the root's token to requests without one
	tokenless                              int                                               // the status of requests without a token; zero means 403
	answer                                 func(w http.ResponseWriter, r *http.Request) bool // comes first; true: it has answered
	tokenTTL, tokenMax, leaseTTL, leaseMax time.Duration
}

// kind is what is mounted.
type kind int

const (
	kindV2 kind = iota
	kindV1
	kindDatabase
	kindPKI // says "404, no errors" of any path that it lacks, as most engines do
	kindCubbyhole
)

func (k kind) String() string {
	return []string{"kv version 2", "kv version 1", "database", "pki", "cubbyhole"}[k]
}

type token struct {
	ends, max time.Time // zero: never
}

const rootToken = "hvs.root-of-the-tests"

func newServer() *server {
	return &server{
		kinds:   map[string]kind{"kv": kindV2, "old": kindV1, "database": kindDatabase},
		secrets: map[string]*record{}, plain: map[string]map[string]any{}, denied: map[string]bool{},
		leases: map[string]*leased{}, tokens: map[string]*token{rootToken: {}},
		tokenTTL: time.Hour, tokenMax: 4 * time.Hour, leaseTTL: time.Hour, leaseMax: 3 * time.Hour,
	}
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.calls++
	s.seen = append(s.seen, r.Method+" "+r.URL.Path)
	s.header = r.Header.Clone()
	hook := s.answer
	s.mu.Unlock()
	if hook != nil && hook(w, r) {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	path, ok := strings.CutPrefix(r.URL.Path, "/v1/")
	switch {
	case !ok || path == "":
		reply(w, http.StatusNotFound, map[string]any{"errors": []string{}})
	case strings.HasPrefix(path, "auth/") && strings.Contains(path, "/login"):
		s.login(w, r, path)
	case !s.authorized(r, path):
		status := http.StatusForbidden
		if r.Header.Get("X-Vault-Token") == "" && s.tokenless != 0 {
			status = s.tokenless
		}
		reply(w, status, map[string]any{"errors": []string{"1 error occurred:\n\t* permission denied\n\n"}})
	case strings.HasPrefix(path, "auth/token/"):
		s.token(w, r, strings.TrimPrefix(path, "auth/token/"))
	case strings.HasPrefix(path, "sys/internal/ui/mounts/"):
		s.mount(w, strings.TrimPrefix(path, "sys/internal/ui/mounts/"))
	case strings.HasPrefix(path, "sys/leases/"):
		s.lease(w, r, strings.TrimPrefix(path, "sys/leases/"))
	default:
		s.engine(w, r, path)
	}
}

// engine passes a call on to the engine of its mount.
func (s *server) engine(w http.ResponseWriter, r *http.Request, path string) {
	for mount, kind := range s.kinds {
		rest, ok := strings.CutPrefix(path, mount+"/")
		switch {
		case !ok:
			continue
		case kind == kindV2:
			s.kv2(w, r, rest)
		case kind == kindV1, kind == kindPKI && s.plain[rest] != nil:
			s.kv1(w, r, rest)
		case kind == kindDatabase && strings.HasPrefix(rest, "creds/"):
			s.mint(w, r, path)
		case kind == kindDatabase && rest == "static-creds/app":
			reply(w, http.StatusOK, map[string]any{"lease_id": "", "data": map[string]any{
				"username": "app", "password": "static", "last_vault_rotation": "2026-01-02T03:04:05.123Z", "rotation_period": 3600, "ttl": 1800 - s.calls,
			}})
		default:
			reply(w, http.StatusNotFound, map[string]any{"errors": []string{}})
		}
		return
	}
	reply(w, http.StatusNotFound, map[string]any{"errors": []string{"no handler for route \"" + path + "\". route entry not found."}})
}

func (s *server) authorized(r *http.Request, path string) bool {
	t := s.tokens[s.tokenOf(r)]
	return t != nil && (t.ends.IsZero() || time.Now().Before(t.ends)) && !s.denied[path]
}

func (s *server) tokenOf(r *http.Request) string {
	token := r.Header.Get("X-Vault-Token")
	if token == "" && s.agent {
		return rootToken
	}
	return token
}

func (s *server) mount(w http.ResponseWriter, path string) {
	kind, ok := s.kinds[path]
	if !ok { // as for a mount that the token may not see
		reply(w, http.StatusForbidden, map[string]any{"errors": []string{"preflight capability check returned 403"}})
		return
	}
	data := map[string]any{"path": path + "/", "type": "kv", "options": map[string]string{"version": "2"}}
	switch kind {
	case kindV2:
	case kindV1:
		data["options"] = map[string]string{"version": "1"}
	default:
		data["type"], data["options"] = kind.String(), nil
	}
	reply(w, http.StatusOK, map[string]any{"data": data})
}

func reply(w http.ResponseWriter, status int, body map[string]any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	if body != nil {
		_ = json.NewEncoder(w).Encode(body)
	}
}

func bodyOf(r *http.Request) map[string]any {
	body := map[string]any{}
	_ = json.NewDecoder(r.Body).Decode(&body)
	return body
}

// with calls f while the server answers nothing.
func (s *server) with(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

func (s *server) count() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.calls
}

// counted returns how often a method and path were called.
func (s *server) counted(call string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, c := range s.seen {
		if c == call {
			n++
		}
	}
	return n
}

// direct is a transport to a handler, without a network, so that synctest can
// move the clock.
type direct struct{ handler http.Handler }

func (d direct) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	w, done := httptest.NewRecorder(), make(chan struct{})
	go func() {
		defer close(done)
		d.handler.ServeHTTP(w, r)
	}()
	select {
	case <-done:
	case <-r.Context().Done():
		return nil, r.Context().Err()
	}
	response := w.Result()
	response.Request = r
	return response, nil
}

// environment is a process environment of a test's own.
func environment(entries ...string) func(string) (string, bool) {
	return func(key string) (string, bool) {
		for _, e := range entries {
			if k, v, _ := strings.Cut(e, "="); k == key {
				return v, true
			}
		}
		return "", false
	}
}

// open makes a provider on s without a network. change may be nil.
func (s *server) open(t *testing.T, change func(*vault.Options)) *vault.Provider {
	t.Helper()
	o := vault.Options{
		Address: "http://127.0.0.1:8200", Mount: "kv", Transport: direct{s},
		LookupEnv: environment("VAULT_TOKEN=" + rootToken),
	}
	if change != nil {
		change(&o)
	}
	p, err := vault.New(o)
	if err != nil {
		t.Fatal(err)
	}
	return p
}
