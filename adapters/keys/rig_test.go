package keys_test

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"testing"
	"testing/synctest"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/testing/memory"
)

func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func pemOf(private any) string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: must(x509.MarshalPKCS8PrivateKey(private))}))
}

func ecKey() *ecdsa.PrivateKey { return must(ecdsa.GenerateKey(elliptic.P256(), rand.Reader)) }

func newEC() string { return pemOf(ecKey()) }

func b64(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

// jwkOf is the private JWK of a key.
func jwkOf(private any, kid string) map[string]string {
	switch k := private.(type) {
	case *ecdsa.PrivateKey:
		point := must(k.PublicKey.Bytes())
		half := (len(point) - 1) / 2
		return map[string]string{"kty": "EC", "crv": k.Curve.Params().Name, "kid": kid, "x": b64(point[1 : 1+half]), "y": b64(point[1+half:]), "d": b64(must(k.Bytes()))}
	case ed25519.PrivateKey:
		return map[string]string{"kty": "OKP", "crv": "Ed25519", "kid": kid, "x": b64(k.Public().(ed25519.PublicKey)), "d": b64(k.Seed())}
	case *rsa.PrivateKey:
		return map[string]string{
			"kty": "RSA", "kid": kid, "n": b64(k.N.Bytes()), "e": "AQAB", "d": b64(k.D.Bytes()), "p": b64(k.Primes[0].Bytes()), "q": b64(k.Primes[1].Bytes()),
		}
	case []byte:
		return map[string]string{"kty": "oct", "kid": kid, "k": b64(k)}
	}
	return nil
}

func setOf(current string, all ...map[string]string) string {
	return string(must(json.Marshal(map[string]any{"current": current, "keys": all})))
}

// token is a message that a key signed, with the fields of a JWT's header.
type token struct {
	kid, alg  string
	signature []byte
}

var message = sha256.Sum256([]byte("claims"))

func sign(s interface {
	Signer() (crypto.Signer, string, string)
},
) token {
	signer, kid, alg := s.Signer()
	return token{kid, alg, must(signer.Sign(rand.Reader, message[:], crypto.SHA256))}
}

func (tok token) good(s interface {
	Public(kid, alg any) (crypto.PublicKey, error)
},
) bool {
	public, err := s.Public(tok.kid, tok.alg)
	if err != nil {
		return false
	}
	return ecdsa.VerifyASN1(public.(*ecdsa.PublicKey), message[:], tok.signature)
}

// rig is a store in memory, in a synctest bubble.
type rig struct {
	*secretmux.Store
	t      *testing.T
	memory *memory.Provider
}

func newRig(t *testing.T, value string) *rig {
	t.Helper()
	m := memory.New(map[string]string{"k": value})
	return &rig{openOver(t, m), t, m}
}

func openOver(t *testing.T, m *memory.Provider) *secretmux.Store {
	t.Helper()
	s, err := secretmux.New(m, secretmux.Options{TTL: 24 * time.Hour})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// rotate changes the key and makes the store read it.
func (r *rig) rotate(value string) {
	r.t.Helper()
	r.memory.Set("k", value)
	if err := r.Refresh(r.t.Context(), "k"); err != nil {
		r.t.Fatal(err)
	}
	synctest.Wait()
}

func kids(jwks []byte) []string {
	var doc struct{ Keys []struct{ Kid string } }
	if err := json.Unmarshal(jwks, &doc); err != nil {
		panic(err)
	}
	all := []string{}
	for _, k := range doc.Keys {
		all = append(all, k.Kid)
	}
	return all
}

func sprint(v any) string { return fmt.Sprintf("%v %+v %#v", v, v, v) }
