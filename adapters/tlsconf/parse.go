package tlsconf

import (
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"strings"
	"time"

	"github.com/secretmux/secretmux"
)

// parsePair makes a certificate from PEM texts, which may be the same. The errors of
// crypto/tls are replaced, because they don't tell the person who stores the secret
// what to do.
func parsePair(certPEM, keyPEM []byte) (*tls.Certificate, error) {
	if err := checkBlocks(certPEM, keyPEM); err != nil {
		return nil, err
	}
	pair, err := tls.X509KeyPair(certPEM, keyPEM)
	switch {
	case err != nil && strings.Contains(err.Error(), "does not match"):
		return nil, invalid("the private key does not belong to the certificate", "store the key that the first certificate was issued for")
	case err != nil:
		return nil, invalid("the certificate or the private key is malformed", "store PEM in the form that openssl and certificate authorities write")
	case time.Now().After(pair.Leaf.NotAfter):
		return nil, invalid("the certificate has expired", "store a newer certificate")
	}
	return &pair, nil
}

// checkBlocks says which part is missing.
func checkBlocks(certPEM, keyPEM []byte) error {
	if len(certificates(certPEM)) == 0 {
		return invalid("there is no certificate", "store the certificate chain as PEM blocks of type CERTIFICATE, the leaf first")
	}
	encrypted := false
	for block, rest := pem.Decode(keyPEM); block != nil; block, rest = pem.Decode(rest) {
		switch {
		case block.Type == "ENCRYPTED PRIVATE KEY" || block.Headers["DEK-Info"] != "":
			encrypted = true
		case strings.HasSuffix(block.Type, "PRIVATE KEY"):
			return nil
		}
	}
	if encrypted {
		return invalid("the private key is encrypted", "store the key without a passphrase: the secret store protects it")
	}
	return invalid("there is no private key", "store the key as a PEM block of type PRIVATE KEY")
}

// certificates returns the blocks of a bundle that are certificates.
func certificates(bundle []byte) [][]byte {
	var all [][]byte
	for block, rest := pem.Decode(bundle); block != nil; block, rest = pem.Decode(rest) {
		if block.Type == "CERTIFICATE" {
			all = append(all, block.Bytes)
		}
	}
	return all
}

// parseRoots adds the certificates of one bundle to pool. x509's own AppendCertsFromPEM
// skips blocks that it can't read, so a cut file would trust fewer authorities than it
// lists.
func parseRoots(pool *x509.CertPool, bundle []byte) error {
	blocks := certificates(bundle)
	if len(blocks) == 0 {
		return invalid("there is no certificate to trust", "store PEM blocks of type CERTIFICATE")
	}
	for _, der := range blocks {
		cert, err := x509.ParseCertificate(der)
		if err != nil {
			return invalid("a certificate to trust is malformed", "store PEM in the form that certificate authorities write")
		}
		pool.AddCert(cert)
	}
	return nil
}

func invalid(problem, hint string) error { return secretmux.Invalid("tls", problem, hint) }
