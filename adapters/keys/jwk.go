package keys

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
)

// jwk is a key of RFC 7517 with the members of RFC 7518, section 6, and RFC 8037.
type jwk struct {
	Kty string `json:"kty"`
	Kid string `json:"kid"`
	Alg string `json:"alg"`
	Crv string `json:"crv"`
	X   string `json:"x"`
	Y   string `json:"y"`
	N   string `json:"n"`
	E   string `json:"e"`
	D   string `json:"d"`
	P   string `json:"p"`
	Q   string `json:"q"`
	K   string `json:"k"`
}

// publicJWK is the published form of a key. It has no private member, so no private
// part can be published by mistake.
type publicJWK struct {
	Crv string `json:"crv,omitempty"`
	E   string `json:"e,omitempty"`
	Kty string `json:"kty"`
	N   string `json:"n,omitempty"`
	X   string `json:"x,omitempty"`
	Y   string `json:"y,omitempty"`
	Kid string `json:"kid,omitempty"`
	Alg string `json:"alg,omitempty"`
	Use string `json:"use,omitempty"`
}

// parseSet reads a JWK set with the member "current". The errors of encoding/json are
// replaced, because they may quote the text.
func parseSet[K any](text []byte, read func(jwk) (K, error)) (parsed[K], error) {
	var doc struct {
		Keys    []jwk  `json:"keys"`
		Current string `json:"current"`
	}
	if json.Unmarshal(text, &doc) != nil {
		return parsed[K]{}, invalid("the key set is not valid JSON", `write {"current": "kid", "keys": [...]}`)
	}
	p := parsed[K]{set: true}
	seen := map[string]bool{}
	found := false
	for _, j := range doc.Keys {
		k, err := read(j)
		if err != nil {
			return parsed[K]{}, err
		}
		kid := kidOf(k)
		if seen[kid] {
			return parsed[K]{}, invalid("two keys of the set have the same kid", "give each key a kid of its own")
		}
		seen[kid] = true
		p.all = append(p.all, k)
		if kid == doc.Current {
			p.current, found = k, true
		}
	}
	switch {
	case len(p.all) == 0:
		return parsed[K]{}, invalid("the key set has no keys", `write the keys into "keys"`)
	case !found:
		return parsed[K]{}, invalid("the key set does not name the key that signs", `write the kid of one key into "current"`)
	}
	return p, nil
}

func kidOf(k any) string {
	switch k := k.(type) {
	case key:
		return k.kid
	case macKey:
		return k.kid
	}
	return ""
}

// private makes the private key of a JWK.
func (j jwk) private() (key, error) {
	var (
		private any
		ok      bool
	)
	switch {
	case j.Kty == "OKP" && j.Crv == "Ed25519":
		private, ok = j.ed25519()
	case j.Kty == "EC":
		private, ok = j.ec()
	case j.Kty == "RSA":
		private, ok = j.rsa()
	default:
		return key{}, invalid("a key of the set has a kty or crv that is not supported", "use EC, RSA, or OKP with Ed25519")
	}
	if !ok {
		return key{}, invalid("a key of the set is malformed, or has no private part", "write all members of RFC 7518, section 6, in base64url without padding")
	}
	return newKey(private, j.Kid, j.Alg)
}

func (j jwk) ed25519() (any, bool) {
	seed, okD := decode(j.D)
	public, okX := decode(j.X)
	if !okD || !okX || len(seed) != ed25519.SeedSize {
		return nil, false
	}
	private := ed25519.NewKeyFromSeed(seed)
	return private, private.Public().(ed25519.PublicKey).Equal(ed25519.PublicKey(public)) //nolint:errcheck,forcetypeassert // it is one
}

func (j jwk) ec() (any, bool) {
	curve := map[string]elliptic.Curve{"P-256": elliptic.P256(), "P-384": elliptic.P384(), "P-521": elliptic.P521()}[j.Crv]
	d, okD := decode(j.D)
	x, okX := decode(j.X)
	y, okY := decode(j.Y)
	if curve == nil || !okD || !okX || !okY {
		return nil, false
	}
	size := (curve.Params().BitSize + 7) / 8
	if len(d) > size {
		return nil, false
	}
	private, err := ecdsa.ParseRawPrivateKey(curve, append(make([]byte, size-len(d)), d...))
	if err != nil {
		return nil, false
	}
	given := append(append([]byte{4}, pad(x, size)...), pad(y, size)...)
	public, err := private.PublicKey.Bytes()
	return private, err == nil && string(public) == string(given)
}

func (j jwk) rsa() (any, bool) {
	var parts [5]*big.Int
	for i, text := range []string{j.N, j.E, j.D, j.P, j.Q} {
		raw, ok := decode(text)
		if !ok {
			return nil, false
		}
		parts[i] = new(big.Int).SetBytes(raw)
	}
	if !parts[1].IsInt64() || parts[1].Int64() > 1<<31-1 {
		return nil, false
	}
	private := &rsa.PrivateKey{
		PublicKey: rsa.PublicKey{N: parts[0], E: int(parts[1].Int64())}, D: parts[2], Primes: []*big.Int{parts[3], parts[4]},
	}
	if private.Validate() != nil {
		return nil, false
	}
	private.Precompute()
	return private, true
}

func decode(text string) ([]byte, bool) {
	raw, err := base64.RawURLEncoding.DecodeString(text)
	return raw, err == nil && len(raw) > 0
}

func encode(raw []byte) string { return base64.RawURLEncoding.EncodeToString(raw) }

func pad(raw []byte, size int) []byte {
	if len(raw) >= size {
		return raw
	}
	return append(make([]byte, size-len(raw)), raw...)
}

// publish is the public half of a key.
func publish(public crypto.PublicKey) publicJWK {
	switch k := public.(type) {
	case ed25519.PublicKey:
		return publicJWK{Kty: "OKP", Crv: "Ed25519", X: encode(k)}
	case *ecdsa.PublicKey:
		point, err := k.Bytes()
		if err != nil {
			return publicJWK{}
		}
		half := (len(point) - 1) / 2
		return publicJWK{Kty: "EC", Crv: k.Curve.Params().Name, X: encode(point[1 : 1+half]), Y: encode(point[1+half:])}
	case *rsa.PublicKey:
		return publicJWK{Kty: "RSA", N: encode(k.N.Bytes()), E: encode(big.NewInt(int64(k.E)).Bytes())}
	}
	return publicJWK{}
}

// thumbprint is the thumbprint of RFC 7638: the SHA-256 of the required members in
// lexicographic order. The first fields of publicJWK have that order.
func thumbprint(public crypto.PublicKey) string {
	text, err := json.Marshal(publish(public))
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(text)
	return encode(sum[:])
}
