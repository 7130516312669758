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
	"strings"
	"testing"
	"testing/synctest"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/keys"
	"github.com/secretmux/secretmux/testing/conformance"
)

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

// wantPublic fails the test if a JWKS has a private member.
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
