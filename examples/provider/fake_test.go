package acme_test

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
	acme "github.com/secretmux/secretmux/examples/provider"
	"github.com/secretmux/secretmux/testing/faultscript"
)

// server is Acme: it speaks the wire format and keeps every version.
type server struct {
	mu      sync.Mutex
	secrets map[string]*record
	token   string
	calls   int
	// answer comes first and says whether it answered.
	answer func(w http.ResponseWriter, r *http.Request) bool
}

type record struct {
	values [][]byte
	code   string // why it can't be read, if it can't
}

// wire is a secret in an answer.
type wire struct {
	Name    string     `json:"name"`
	Value   []byte     `json:"value,omitempty"`
	Version int        `json:"version,omitempty"`
	Created *time.Time `json:"created,omitempty"`
	SHA256  string     `json:"sha256,omitempty"`
	Error   string     `json:"error,omitempty"`
}

func newServer() *server {
	return &server{secrets: map[string]*record{}, token: faultscript.Credential}
}

// serve starts the server on loopback and returns its host.
func serve(t *testing.T, s *server) string {
	t.Helper()
	h := httptest.NewServer(s)
	t.Cleanup(h.Close)
	return strings.TrimPrefix(h.URL, "http://")
}

func (s *server) with(f func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	f()
}

func (s *server) count() (n int) {
	s.with(func() { n = s.calls })
	return n
}

func (s *server) set(name string, value []byte) {
	s.with(func() {
		if s.secrets[name] == nil {
			s.secrets[name] = &record{}
		}
		s.secrets[name].values = append(s.secrets[name].values, slices.Clone(value))
	})
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	var answer func(http.ResponseWriter, *http.Request) bool
	s.with(func() { s.calls++; answer = s.answer })
	if answer != nil && answer(w, r) {
		return
	}
	if r.Header.Get("Authorization") != "Bearer "+s.token {
		refuse(w, http.StatusUnauthorized, "unauthenticated")
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	switch name, one := strings.CutPrefix(r.URL.EscapedPath(), "/v1/secrets/"); {
	case one && !strings.Contains(name, "/"):
		s.get(w, r)
	case r.URL.Path == "/v1/batch" && r.Method == http.MethodPost:
		s.batch(w, r)
	case r.URL.Path == "/v1/names":
		s.names(w, r)
	case r.URL.Path == "/v1/whoami":
		reply(w, map[string]string{"name": "tests"})
	default:
		http.NotFound(w, r)
	}
}

func (s *server) get(w http.ResponseWriter, r *http.Request) {
	answer := s.one(strings.TrimPrefix(r.URL.Path, "/v1/secrets/"), r.URL.Query().Get("version"))
	switch answer.Error {
	case "":
		reply(w, answer)
	case "absent", "no_version":
		refuse(w, http.StatusNotFound, answer.Error)
	default:
		refuse(w, http.StatusGone, answer.Error)
	}
}

func (s *server) one(name, version string) wire {
	have := s.secrets[name]
	if have == nil {
		return wire{Name: name, Error: "absent"}
	}
	n := len(have.values)
	switch {
	case version == "previous":
		n--
	case version != "":
		n, _ = strconv.Atoi(version)
	}
	if n < 1 || n > len(have.values) {
		return wire{Name: name, Error: "no_version"}
	}
	if have.code != "" {
		return wire{Name: name, Error: have.code}
	}
	sum := sha256.Sum256(have.values[n-1])
	created := time.Date(2026, 1, 1, 0, n, 0, 0, time.UTC)
	return wire{Name: name, Value: have.values[n-1], Version: n, Created: &created, SHA256: hex.EncodeToString(sum[:])}
}

func (s *server) batch(w http.ResponseWriter, r *http.Request) {
	var ask struct{ Names []string }
	if json.NewDecoder(r.Body).Decode(&ask) != nil || len(ask.Names) > 20 {
		refuse(w, http.StatusBadRequest, "malformed")
		return
	}
	answers := make([]wire, 0, len(ask.Names))
	for _, name := range ask.Names {
		answers = append(answers, s.one(name, ""))
	}
	reply(w, map[string]any{"secrets": answers})
}

// names has pages of two names, so that tests get several pages.
func (s *server) names(w http.ResponseWriter, r *http.Request) {
	page := []string{}
	for name := range s.secrets {
		if strings.HasPrefix(name, r.URL.Query().Get("prefix")) && name > r.URL.Query().Get("after") {
			page = append(page, name)
		}
	}
	slices.Sort(page)
	next := ""
	if len(page) > 2 {
		page, next = page[:2], page[1]
	}
	reply(w, map[string]any{"names": page, "next": next})
}

func reply(w http.ResponseWriter, answer any) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(answer)
}

// refuse puts a message beside the code, like most servers. The message must not reach
// an error.
func refuse(w http.ResponseWriter, status int, code string) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]string{"error": code, "message": faultscript.Canary})
}

// open opens a link of the fake, like a config string.
func open(t *testing.T, uri string, o acme.Options) *acme.Provider {
	t.Helper()
	if o.TokenFile == "" {
		o.Token = secretmux.NewSecret([]byte(faultscript.Credential), secretmux.Meta{})
	}
	u, err := secretmux.ParseURI(uri)
	if err != nil {
		t.Fatal(err)
	}
	p, err := o.Backend()[acme.Scheme](t.Context(), u)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = secretmux.Close(p) })
	return p.(*acme.Provider)
}
