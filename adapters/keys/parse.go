package keys

import (
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"slices"
	"strings"

	"github.com/secretmux/secretmux"
)

// key is one asymmetric key. A closure holds the private half, so that no printer that
// follows pointers shows it.
type key struct {
	signer func() crypto.Signer
	public crypto.PublicKey
	kid    string
	alg    string
}

// parsed is the content of a secret: its keys, and the signing key.
type parsed[K any] struct {
	current K
	all     []K
	set     bool // a key set, which itself says which keys verify
}

// minRSA is the minimum of RFC 7518, section 3.3.
const minRSA = 2048

func parseKeys(s secretmux.Secret) (parsed[key], error) {
	if strings.HasPrefix(strings.TrimSpace(s.Reveal()), "{") {
		return parseSet(s.Bytes(), func(j jwk) (key, error) { return j.private() })
	}
	private, err := parsePEM(s.Bytes())
	if err != nil {
		return parsed[key]{}, err
	}
	k, err := newKey(private, "", "")
	return parsed[key]{current: k, all: []key{k}}, err
}

// parsePEM reads the first private key. The errors of x509 are replaced, because they
// don't tell the person who stores the secret what to do.
func parsePEM(text []byte) (any, error) {
	for block, rest := pem.Decode(text); block != nil; block, rest = pem.Decode(rest) {
		if block.Type == "ENCRYPTED PRIVATE KEY" || block.Headers["DEK-Info"] != "" {
			return nil, invalid("the private key is encrypted", "store the key without a passphrase: the secret store protects it")
		}
		if !strings.HasSuffix(block.Type, "PRIVATE KEY") {
			continue
		}
		if k, err := x509.ParsePKCS8PrivateKey(block.Bytes); err == nil {
			return k, nil
		}
		if k, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
			return k, nil
		}
		if k, err := x509.ParseECPrivateKey(block.Bytes); err == nil {
			return k, nil
		}
		return nil, invalid("the private key is malformed", "store PKCS #8, PKCS #1 or SEC 1, in the form that openssl writes")
	}
	return nil, invalid("there is no private key", "store a PEM block of type PRIVATE KEY, or a JWK set")
}

// newKey completes a private key. An empty kid is the thumbprint, an empty alg the
// usual one for its type.
func newKey(private any, kid, alg string) (key, error) {
	signer, ok := private.(crypto.Signer)
	if !ok {
		return key{}, invalid("the key can't sign", "use an RSA, ECDSA or Ed25519 key")
	}
	usual, others := algorithms(signer)
	switch {
	case usual == "":
		return key{}, invalid("keys of this type or size are not supported", "use Ed25519, ECDSA on P-256, P-384 or P-521, or RSA of 2048 bits or more")
	case alg == "":
		alg = usual
	case alg != usual && !slices.Contains(others, alg):
		return key{}, invalid("the alg of a key does not fit its type", "leave out alg, or write "+usual)
	}
	k := key{signer: func() crypto.Signer { return signer }, public: signer.Public(), kid: kid, alg: alg}
	if k.kid == "" {
		k.kid = thumbprint(k.public)
	}
	return k, nil
}

// algorithms are the algorithms that a key may be used with (RFC 7518, section 3.1; RFC
// 8037).
func algorithms(signer crypto.Signer) (usual string, others []string) {
	switch k := signer.(type) {
	case ed25519.PrivateKey:
		return "EdDSA", nil
	case *ecdsa.PrivateKey:
		switch k.Curve {
		case elliptic.P256():
			return "ES256", nil
		case elliptic.P384():
			return "ES384", nil
		case elliptic.P521():
			return "ES512", nil
		}
	case *rsa.PrivateKey:
		if k.N.BitLen() >= minRSA {
			return "RS256", []string{"RS384", "RS512", "PS256", "PS384", "PS512"}
		}
	}
	return "", nil
}
