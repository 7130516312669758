package keys_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/keys"
	"github.com/secretmux/secretmux/testing/conformance"
)

const canary = "Ht8wQz3nXc6vBm1k"

// Fifty rotations of a single key: no token is refused within the overlap and all are
// after it, also by a process that starts after each rotation.
func TestSingleKeyOverlaps(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		const overlap = time.Hour
		r := newRig(t, newEC())
		o := keys.Options{Overlap: overlap, Previous: true}
		s := must(keys.New(t.Context(), r.Store, "k", o))
		defer func() { _ = s.Close() }()
		type issued struct {
			token
			replaced time.Time
		}
		var tokens []issued
		for range 50 {
			tok := sign(s)
			time.Sleep(40 * time.Minute)
			r.rotate(newEC())
			tokens = append(tokens, issued{tok, time.Now()})
			fresh := must(keys.New(t.Context(), openOver(t, r.memory), "k", o))
			for i, tok := range tokens[max(0, len(tokens)-4):] {
				within := time.Since(tok.replaced) < overlap
				if got := tok.good(s); got != within {
					t.Fatalf("token %d, replaced %v ago: accepted is %t", i, time.Since(tok.replaced), got)
				}
				if last := tok.replaced.Equal(time.Now()); last && !tok.good(fresh) {
					t.Fatal("a process that starts after the rotation refuses the last key")
				}
			}
			if !sign(s).good(fresh) || !sign(fresh).good(s) {
				t.Fatal("two processes don't accept each other's tokens")
			}
			_ = fresh.Close()
		}
		last := tokens[len(tokens)-1]
		time.Sleep(overlap + time.Second)
		fresh := must(keys.New(t.Context(), openOver(t, r.memory), "k", o))
		defer func() { _ = fresh.Close() }()
		if last.good(s) || last.good(fresh) {
			t.Error("a token is accepted after the overlap")
		}
		if n := len(kids(s.JWKS())); n != 1 {
			t.Errorf("%d keys are published after the overlap", n)
		}
	})
}

// Without an Overlap the replaced key verifies until the next rotation.
func TestNoOverlapIsOneRotation(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, newEC())
		s := must(keys.New(t.Context(), r.Store, "k", keys.Options{}))
		defer func() { _ = s.Close() }()
		first := sign(s)
		r.rotate(newEC())
		time.Sleep(1000 * time.Hour)
		if !first.good(s) {
			t.Error("refused after one rotation")
		}
		r.rotate(newEC())
		if first.good(s) {
			t.Error("accepted after two")
		}
	})
}

// A key is published SignAfter before it signs.
func TestSignAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig(t, newEC())
		o := keys.Options{SignAfter: 10 * time.Minute, Overlap: time.Hour, Previous: true}
		s := must(keys.New(t.Context(), r.Store, "k", o))
		defer func() { _ = s.Close() }()
		_, old, _ := s.Signer()
		time.Sleep(time.Hour)
		r.rotate(newEC())
		fresh := must(keys.New(t.Context(), openOver(t, r.memory), "k", o))
		defer func() { _ = fresh.Close() }()
		for _, s := range []*keys.Set{s, fresh} {
			published := kids(s.JWKS())
			if _, kid, _ := s.Signer(); kid != old || len(published) != 2 || !slices.Contains(published, old) {
				t.Errorf("signs with a new key at once: %t; published %d", kid != old, len(published))
			}
		}
		time.Sleep(10*time.Minute + time.Second)
		for _, s := range []*keys.Set{s, fresh} {
			if _, kid, _ := s.Signer(); kid == old {
				t.Error("still signs with the old key")
			}
		}
		time.Sleep(59 * time.Minute)
		if len(kids(s.JWKS())) != 2 {
			t.Error("the old key went before its overlap, which counts from when it stopped to sign")
		}
		time.Sleep(2 * time.Minute)
		if len(kids(s.JWKS())) != 1 {
			t.Error("the old key is still there")
		}
	})
}

// A set changes as a whole, survives restarts and says itself what verifies.
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

// Forged kids cost the backend a handful of reads, and can't bring back an old key.
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
		// A token of a key that the store has not read yet is what Renew is for.
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

func TestForms(t *testing.T) {
	_, ed, _ := ed25519.GenerateKey(rand.Reader)
	rsaKey := must(rsa.GenerateKey(rand.Reader, 2048))
	p384, p521 := must(ecdsa.GenerateKey(elliptic.P384(), rand.Reader)), must(ecdsa.GenerateKey(elliptic.P521(), rand.Reader))
	for name, tt := range map[string]struct {
		private crypto.Signer
		alg     string
	}{"Ed25519": {ed, "EdDSA"}, "RSA": {rsaKey, "RS256"}, "P-256": {ecKey(), "ES256"}, "P-384": {p384, "ES384"}, "P-521": {p521, "ES512"}} {
		var thumb string
		for form, value := range map[string]string{"PEM": pemOf(tt.private), "set": setOf("x", jwkOf(tt.private, "x"))} {
			synctest.Test(t, func(t *testing.T) {
				r := newRig(t, value)
				s := must(keys.New(t.Context(), r.Store, "k", keys.Options{}))
				defer func() { _ = s.Close() }()
				signer, kid, alg := s.Signer()
				public := must(s.Public(kid, alg))
				if alg != tt.alg || !public.(interface{ Equal(crypto.PublicKey) bool }).Equal(tt.private.Public()) || !public.(interface{ Equal(crypto.PublicKey) bool }).Equal(signer.Public()) {
					t.Errorf("%s as %s: alg %s", name, form, alg)
				}
				if form == "PEM" {
					thumb = kid
				}
				wantPublic(t, s.JWKS())
				if text := sprint(s); strings.Contains(text, "PRIVATE") {
					t.Error("it prints a private key")
				}
			})
		}
		if len(thumb) != 43 {
			t.Errorf("%s: the thumbprint has %d characters", name, len(thumb))
		}
	}
}

// wantPublic fails where a JWKS has a private member.
func wantPublic(t *testing.T, jwks []byte) {
	t.Helper()
	var doc struct{ Keys []map[string]any }
	if err := json.Unmarshal(jwks, &doc); err != nil || len(doc.Keys) == 0 {
		t.Fatalf("%s: %v", jwks, err)
	}
	for _, k := range doc.Keys {
		for _, member := range []string{"d", "p", "q", "dp", "dq", "qi", "oth", "k"} {
			if _, ok := k[member]; ok {
				t.Errorf("a published key has the member %s", member)
			}
		}
	}
}

// A key has the same kid in both forms: its thumbprint.
func TestThumbprint(t *testing.T) {
	k := ecKey()
	synctest.Test(t, func(t *testing.T) {
		bare := jwkOf(k, "")
		one := must(keys.New(t.Context(), newRig(t, pemOf(k)).Store, "k", keys.Options{}))
		defer func() { _ = one.Close() }()
		_, kid, _ := one.Signer()
		two := must(keys.New(t.Context(), newRig(t, setOf(kid, bare)).Store, "k", keys.Options{})) // no kid in the set
		defer func() { _ = two.Close() }()
		if _, other, _ := two.Signer(); other != kid {
			t.Errorf("%s and %s for the same key", kid, other)
		}
	})
}

func TestWhatIsNoKey(t *testing.T) {
	good, other := jwkOf(ecKey(), "a"), jwkOf(ecKey(), "b")
	with := func(member, value string) map[string]string {
		own := map[string]string{}
		for k, v := range good {
			own[k] = v
		}
		own[member] = value
		return own
	}
	small := must(rsa.GenerateKey(rand.Reader, 1024))
	for name, value := range map[string]string{
		"empty": "", "text": canary, "public": "-----BEGIN PUBLIC KEY-----\n" + canary + "\n-----END PUBLIC KEY-----\n",
		"encrypted": "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n-----END ENCRYPTED PRIVATE KEY-----\n",
		"broken":    "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", "small RSA": pemOf(small),
		"not JSON": `{"keys":"` + canary, "no keys": `{"current":"a","keys":[]}`, "no current": setOf("", good), "another current": setOf(canary, good),
		"twice": setOf("a", good, with("x", good["x"])), "no private part": setOf("a", with("d", "")), "another point": setOf("a", with("x", other["x"])),
		"bad base64": setOf("a", with("d", canary+"=")), "a long d": setOf("a", with("d", b64(make([]byte, 200)))), "unknown curve": setOf("a", with("crv", canary)),
		"unknown type": setOf("a", with("kty", canary)), "another alg": setOf("a", with("alg", "RS256")), "none": setOf("a", with("alg", "none")),
		"symmetric": setOf("a", map[string]string{"kty": "oct", "kid": "a", "k": b64([]byte(canary))}),
	} {
		synctest.Test(t, func(t *testing.T) {
			s, err := keys.New(t.Context(), newRig(t, value).Store, "k", keys.Options{})
			if !errors.Is(err, secretmux.ErrInvalid) || s != nil {
				t.Errorf("%s: %v", name, err)
			}
			conformance.NoLeak(t, err, canary)
		})
	}
	if _, err := keys.New(t.Context(), nil, "k", keys.Options{}); !errors.Is(err, secretmux.ErrInvalid) {
		t.Errorf("a nil store: %v", err)
	}
	synctest.Test(t, func(t *testing.T) {
		if _, err := keys.New(t.Context(), newRig(t, newEC()).Store, "k", keys.Options{Overlap: -1}); !errors.Is(err, secretmux.ErrInvalid) {
			t.Errorf("a negative Overlap: %v", err)
		}
	})
}

// A new value that can't be used is refused and shows; the old keys go on.
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

func FuzzJWKSHasNoPrivateMember(f *testing.F) {
	_, ed, _ := ed25519.GenerateKey(rand.Reader)
	f.Add(newEC())
	f.Add(setOf("x", jwkOf(ecKey(), "x")))
	f.Add(setOf("x", jwkOf(ed, "x"), jwkOf(must(rsa.GenerateKey(rand.Reader, 2048)), "y")))
	f.Add(`{"keys":[{"kty":"oct","k":"AAAA"}],"current":""}`)
	f.Fuzz(func(t *testing.T, value string) {
		synctest.Test(t, func(t *testing.T) {
			s, err := keys.New(t.Context(), newRig(t, value).Store, "k", keys.Options{})
			if err != nil {
				return
			}
			defer func() { _ = s.Close() }()
			wantPublic(t, s.JWKS())
		})
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
