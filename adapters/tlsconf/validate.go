package tlsconf

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"slices"
	"strings"

	"github.com/secretmux/secretmux"
)

// Validate returns a function for secretmux.Options.Validate that refuses, for the
// secrets that refs name, a new value which no [KeyPair] or [Roots] could use: a pair
// that does not match, an expired leaf, a bundle without a certificate. A JSON document
// has the fields "cert" and "key". A bundle of certificates without a key, and a key
// without a certificate, are checked as far as possible. Other secrets pass. So the old
// value stays for all readers of the store, not only for this package.
func Validate(refs ...string) func(context.Context, secretmux.Rotation) error {
	documents := make([]string, 0, len(refs))
	for _, ref := range refs {
		if r, err := secretmux.ParseRef(ref); err == nil {
			r.Field = ""
			documents = append(documents, r.String())
		}
	}
	return func(_ context.Context, r secretmux.Rotation) error {
		if !slices.Contains(documents, r.Ref) {
			return nil
		}
		return validate(r.New)
	}
}

func validate(s secretmux.Secret) error {
	bundle := s.Bytes()
	switch {
	case strings.HasPrefix(strings.TrimSpace(s.Reveal()), "{"):
		_, err := parseDocument(s, Options{})
		return err
	case len(certificates(bundle)) == 0:
		return checkKey(bundle)
	case checkBlocks(bundle, bundle) == nil:
		_, err := parsePair(bundle, bundle)
		return err
	}
	return parseRoots(x509.NewCertPool(), bundle)
}

// checkKey accepts a bundle that is only a private key.
func checkKey(bundle []byte) error {
	for block, rest := pem.Decode(bundle); block != nil; block, rest = pem.Decode(rest) {
		if !strings.HasSuffix(block.Type, "PRIVATE KEY") {
			continue
		}
		if _, err := x509.ParsePKCS8PrivateKey(block.Bytes); err == nil {
			return nil
		}
		if _, err := x509.ParseECPrivateKey(block.Bytes); err == nil {
			return nil
		}
		if _, err := x509.ParsePKCS1PrivateKey(block.Bytes); err == nil {
			return nil
		}
	}
	return invalid("the value has neither a certificate nor a private key that can be read", "store PEM")
}
