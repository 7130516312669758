package azure_test

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/azure"
	"github.com/secretmux/secretmux/testing/faultscript"
)

// panics is a credential with a mistake.
type panics struct{}

func (panics) GetToken(context.Context, policy.TokenRequestOptions) (azcore.AccessToken, error) {
	panic(faultscript.Credential)
}

func TestGet(t *testing.T) {
	f := newFake(t)
	v := f.set("db-password", "p#1 $x\n")
	v.exp, v.nbf = v.created+3600, v.created+60
	s := wantValue(t, f.open(t, nil), "db-password", "p#1 $x\n")
	if s.Version() != v.id || len(s.Version()) != 32 || s.Source() != "azure-kv://my-vault" {
		t.Errorf("version %q, source %q", s.Version(), s.Source())
	}
	// The times are in the past: an expired secret is served, and so is a secret
	// before its nbf.
	if !s.Created().Equal(time.Unix(v.created, 0)) || !s.Expires().Equal(time.Unix(v.exp, 0)) {
		t.Errorf("created %v, expires %v", s.Created(), s.Expires())
	}
	want := []string{"GET /secrets/db-password", "GET /secrets/db-password"}
	if got := f.seen(); !slices.Equal(got, want) {
		t.Errorf("the requests were %q, want the challenge and the read", got)
	}
}

func TestNotYetValid(t *testing.T) {
	f := newFake(t)
	v := f.set("alpha", "one")
	v.nbf = time.Now().Add(time.Hour).Unix()
	if s := wantValue(t, f.open(t, nil), "alpha", "one"); !s.Expires().IsZero() {
		t.Errorf("expires %v", s.Expires())
	}
}

// The store keeps an expired secret for the TTL of its link, and not for zero.
func TestExpiredThroughAStore(t *testing.T) {
	f := newFake(t)
	v := f.set("alpha", "one")
	v.exp = v.created + 1
	store := openStore(t, "azure-kv://my-vault?ttl=1h", azure.Options{TokenCredential: &credential{}, HTTPClient: f.client(t)})
	s, err := store.Get(t.Context(), "alpha")
	if err != nil || s.Reveal() != "one" || !s.Expires().Before(time.Now()) {
		t.Fatalf("expires %v: %v", s.Expires(), err)
	}
}

func TestNamesThatDifferInCase(t *testing.T) {
	f := newFake(t)
	f.set("DB-Password", "one")
	p := f.open(t, nil)
	_, err := p.Get(t.Context(), "nothing")
	wantClass(t, err, secretmux.ErrNotFound)
	_, err = p.Get(t.Context(), "NOTHING") // an absent name does not claim a key
	wantClass(t, err, secretmux.ErrNotFound)
	wantValue(t, p, "db-password", "one")
	before := f.calls()
	for range 2 {
		_, err := p.Get(t.Context(), "DB-PASSWORD")
		wantClass(t, err, secretmux.ErrInvalid, "db-password", "DB-PASSWORD")
		_, err = p.GetVersion(t.Context(), "DB-PASSWORD", secretmux.VersionPrevious)
		wantClass(t, err, secretmux.ErrInvalid)
	}
	if f.calls() != before {
		t.Error("a name that is another one's was asked for")
	}
	for info, err := range p.List(t.Context(), "") {
		if err != nil || info.Name != "db-password" {
			t.Errorf("listed %q, %v", info.Name, err)
		}
	}
	wantValue(t, p, "db-password", "one")
}

func TestNamesThatDifferInCaseAtOnce(t *testing.T) {
	f := newFake(t)
	f.set("alpha", "one")
	p := f.open(t, nil)
	var wg sync.WaitGroup
	answered := make([]bool, 2)
	for i, name := range []string{"alpha", "ALPHA"} {
		wg.Go(func() {
			_, err := p.Get(t.Context(), name)
			answered[i] = err == nil
		})
	}
	wg.Wait()
	if answered[0] == answered[1] {
		t.Errorf("answered %v, want exactly one", answered)
	}
}

// Names that no vault can hold are never sent.
func TestNamesThatAreRefused(t *testing.T) {
	f := newFake(t)
	p := f.open(t, nil)
	for _, name := range []string{
		"../../sys/seal-status", "a//b", strings.Repeat("a", 3000), strings.Repeat("a", 128), "db/password", "db_password",
		"db.password", "pässword", "a b", "a%2fb", "..", "a:b", "a\\b",
	} {
		_, err := p.Get(t.Context(), name)
		wantClass(t, err, secretmux.ErrInvalid)
		_, err = p.GetVersion(t.Context(), name, secretmux.VersionPrevious)
		wantClass(t, err, secretmux.ErrInvalid)
	}
	if f.calls() != 0 {
		t.Errorf("they made %d calls", f.calls())
	}
	f.set(strings.Repeat("a", 127), "one")
	wantValue(t, p, strings.Repeat("a", 127), "one")
}

// All first reads get the challenge, and one login serves all of them.
func TestManyAtOnce(t *testing.T) {
	f := newFake(t)
	f.set("alpha", "one")
	c := &credential{}
	p := f.open(t, func(o *azure.Options) { o.TokenCredential = c })
	var wg sync.WaitGroup
	for range 100 {
		wg.Go(func() { wantValue(t, p, "alpha", "one") })
	}
	wg.Wait()
	if calls, _ := c.asked(); calls != 1 {
		t.Errorf("100 first reads asked for %d tokens, want 1", calls)
	}
}

// A token that the vault no longer accepts is replaced once.
func TestTokenRefused(t *testing.T) {
	f := newFake(t)
	f.set("alpha", "one")
	c := &credential{}
	p := f.open(t, func(o *azure.Options) { o.TokenCredential = c })
	wantValue(t, p, "alpha", "one")
	refusals := 1
	f.handle("/secrets/alpha", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if refusals--; refusals >= 0 {
			w.Header().Set("WWW-Authenticate", challenge)
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		f.mu.Lock()
		defer f.mu.Unlock()
		f.get(w, r, "alpha", "")
	}))
	wantValue(t, p, "alpha", "one")
	if calls, _ := c.asked(); calls != 2 {
		t.Errorf("%d tokens were asked for, want 2", calls)
	}
}

// An emulator answers for the vault, without the check of the challenge's domain.
func TestEndpoint(t *testing.T) {
	f := newFake(t)
	f.set("alpha", "one")
	f.challenge = `Bearer authorization="https://localhost/tenant", resource="https://emulator"`
	p := f.open(t, func(o *azure.Options) { o.Endpoint, o.HTTPClient = f.server.URL+"/", f.server.Client() })
	if s := wantValue(t, p, "alpha", "one"); s.Source() != p.String() || !strings.Contains(s.Source(), "?endpoint=https%3A%2F%2F127.0.0.1%3A") {
		t.Errorf("source %q", s.Source())
	}
}

func TestAPIVersion(t *testing.T) {
	f := newFake(t)
	query := ""
	f.handle("/secrets/alpha", http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { query = r.URL.RawQuery }))
	_, _ = f.open(t, func(o *azure.Options) { o.APIVersion = "7.4" }).Get(t.Context(), "alpha")
	if query != "api-version=7.4" {
		t.Errorf("the query was %q", query)
	}
}
