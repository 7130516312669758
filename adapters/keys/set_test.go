package keys_test

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/keys"
	"github.com/secretmux/secretmux/testing/conformance"
)

const canary = "Ht8wQz3nXc6vBm1k"

// A set changes as a whole and survives restarts, and it says which keys verify.
func TestKeySet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		all := map[string]map[string]string{}
		for _, kid := range []string{"a", "b", "c"} {
			all[kid] = jwkOf(ecKey(), kid)
		}
		r := newRig(t, setOf("a", all["a"]))
		s := must(keys.New(t.Context(), r.Store, "k", keys.Options{Overlap: time.Hour}))
		defer func() { _ = s.Close() }()
		a := sign(s)
		r.rotate(setOf("a", all["a"], all["b"])) // add
		if tok := sign(s); tok.kid != "a" || len(kids(s.JWKS())) != 2 {
			t.Errorf("signs with %s, publishes %v", tok.kid, kids(s.JWKS()))
		}
		r.rotate(setOf("b", all["a"], all["b"], all["c"])) // promote
		fresh := must(keys.New(t.Context(), openOver(t, r.memory), "k", keys.Options{}))
		defer func() { _ = fresh.Close() }()
		if tok := sign(s); tok.kid != "b" || !tok.good(fresh) || !a.good(s) || !a.good(fresh) {
			t.Errorf("signs with %s", tok.kid)
		}
		r.rotate(setOf("b", all["b"])) // the set says that a is out, at once
		if a.good(s) {
			t.Error("a key that left the set is accepted")
		}
	})
}

// Forged kids cost the backend only a few reads, and can't bring back an old key.
func TestUnknownKids(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, newEC())
		s := must(keys.New(t.Context(), r.Store, "k", keys.Options{}))
		defer func() { _ = s.Close() }()
		r.memory.ResetCalls()
		for i := range 10_000 {
			_, err := s.Public(fmt.Sprintf("%s%d", canary, i), "ES256")
			if !errors.Is(err, secretmux.ErrInvalid) {
				t.Fatal(err)
			}
			conformance.NoLeak(t, err, canary)
			time.Sleep(time.Millisecond)
		}
		if n := r.memory.Reads("k"); n > 8 {
			t.Errorf("%d reads in 10 s, want at most 8", n)
		}
		// Renew is for a token whose key the store has not read yet.
		time.Sleep(10 * time.Second)
		r.memory.Set("k", newEC())
		other := must(keys.New(t.Context(), openOver(t, r.memory), "k", keys.Options{}))
		defer func() { _ = other.Close() }()
		if !sign(other).good(s) {
			t.Error("a token of the newest key is refused")
		}
	})
}

func TestPublicRefuses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, newEC())
		s := must(keys.New(t.Context(), r.Store, "k", keys.Options{}))
		defer func() { _ = s.Close() }()
		_, kid, _ := s.Signer()
		for _, tt := range [][2]any{{nil, "ES256"}, {"", "ES256"}, {7, "ES256"}, {kid, "none"}, {kid, "HS256"}, {kid, nil}, {kid, "ES384"}} {
			if key, err := s.Public(tt[0], tt[1]); !errors.Is(err, secretmux.ErrInvalid) || key != nil {
				t.Errorf("%v: %v", tt, err)
			}
		}
	})
}

// A new value that can't be used is refused, and Status shows it. The old keys stay in
// use.
func TestABadRotation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, newEC())
		s := must(keys.New(t.Context(), r.Store, "k", keys.Options{}))
		defer func() { _ = s.Close() }()
		tok := sign(s)
		r.rotate(canary)
		if !tok.good(s) || sign(s).kid != tok.kid {
			t.Error("the old key does not go on")
		}
		if err := r.Check(t.Context()); err == nil {
			t.Error("Check tells nothing")
		} else {
			conformance.NoLeak(t, err, canary)
		}
	})
}

func TestHandler(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, newEC())
		for _, tt := range []struct {
			signAfter time.Duration
			want      string
		}{{0, "public, max-age=300"}, {time.Hour, "public, max-age=3600"}} {
			s := must(keys.New(t.Context(), r.Store, "k", keys.Options{SignAfter: tt.signAfter}))
			w := httptest.NewRecorder()
			s.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/", nil))
			if w.Code != http.StatusOK || w.Header().Get("Cache-Control") != tt.want || w.Header().Get("Content-Type") != "application/jwk-set+json" {
				t.Errorf("%d %v", w.Code, w.Header())
			}
			wantPublic(t, w.Body.Bytes())
			w = httptest.NewRecorder()
			s.Handler().ServeHTTP(w, httptest.NewRequest(http.MethodPost, "/", nil))
			if w.Code != http.StatusMethodNotAllowed {
				t.Errorf("POST: %d", w.Code)
			}
			_ = s.Close()
		}
	})
}

func BenchmarkPublic(b *testing.B) {
	t := &testing.T{}
	s := must(keys.New(b.Context(), newRig(t, newEC()).Store, "k", keys.Options{}))
	_, kid, alg := s.Signer()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := s.Public(kid, alg); err != nil {
			b.Fatal(err)
		}
	}
}
