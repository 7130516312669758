package tlsconf

import (
	"context"
	"crypto/tls"
	"strings"
	"sync/atomic"

	"github.com/secretmux/secretmux"
)

// Options says in which fields of a JSON document the pair is. The zero Options mean
// the fields "cert" and "key". Options have no effect on a PEM bundle.
type Options struct {
	// CertField and KeyField are keys or JSON Pointers, as in a #field. Empty means
	// "cert" and "key".
	CertField, KeyField string
}

func (o Options) fields() (cert, key string) {
	cert, key = "cert", "key"
	if o.CertField != "" {
		cert = o.CertField
	}
	if o.KeyField != "" {
		key = o.KeyField
	}
	return cert, key
}

// KeyPair is a certificate chain with its private key that follows its secret. Make
// one with [NewKeyPair] or [NewKeyPairOf]. It is safe for concurrent use.
type KeyPair struct {
	watched

	read func(context.Context) (*tls.Certificate, error)
	pair atomic.Pointer[tls.Certificate]
}

// NewKeyPair reads ref: a PEM bundle of the certificate chain and the key in any order,
// the leaf first among the certificates, or a JSON document with both as fields. A nil
// store, PEM that does not parse, a key that does not match and an expired leaf are
// ErrInvalid. The errors of the read come from Store.Watch. ctx is only for the read.
// Close the pair after use.
func NewKeyPair(ctx context.Context, store *secretmux.Store, ref string, o Options) (*KeyPair, error) {
	k := &KeyPair{}
	k.read = func(context.Context) (*tls.Certificate, error) { return parseDocument(k.lives[0].Current(), o) }
	if err := k.watch(ctx, store, k.apply, ref); err != nil {
		return nil, err
	}
	return k, nil
}

// NewKeyPairOf reads a pair that is two secrets, or two fields. It changes only
// when both match: while one of them is newer than the other, the old pair is
// served, and Status shows the error until the other one has followed. Both are
// read with one GetMany. Its errors are like those of NewKeyPair.
func NewKeyPairOf(ctx context.Context, store *secretmux.Store, certRef, keyRef string) (*KeyPair, error) {
	k := &KeyPair{}
	k.read = func(ctx context.Context) (*tls.Certificate, error) {
		found, err := store.GetAll(ctx, certRef, keyRef)
		if err != nil {
			return nil, err
		}
		return parsePair(found[certRef].Bytes(), found[keyRef].Bytes())
	}
	if err := k.watch(ctx, store, k.apply, certRef, keyRef); err != nil {
		return nil, err
	}
	return k, nil
}

func parseDocument(s secretmux.Secret, o Options) (*tls.Certificate, error) {
	if !strings.HasPrefix(strings.TrimSpace(s.Reveal()), "{") {
		return parsePair(s.Bytes(), s.Bytes())
	}
	certField, keyField := o.fields()
	cert, err := s.Field(certField)
	if err != nil {
		return nil, err
	}
	key, err := s.Field(keyField)
	if err != nil {
		return nil, err
	}
	return parsePair(cert.Bytes(), key.Bytes())
}

func (k *KeyPair) apply(ctx context.Context) error {
	pair, err := k.read(ctx)
	if err != nil {
		return err
	}
	k.pair.Store(pair)
	return nil
}

// GetCertificate is for tls.Config.GetCertificate of a server. Leave
// tls.Config.Certificates empty: if that is set, crypto/tls does not call this function
// for a client that names no server, for example because it dials an IP address.
func (k *KeyPair) GetCertificate(*tls.ClientHelloInfo) (*tls.Certificate, error) {
	return k.pair.Load(), nil
}

// GetClientCertificate is for tls.Config.GetClientCertificate of a client. Don't set a
// ClientSessionCache beside it: a resumed session shows the certificate of its first
// handshake.
func (k *KeyPair) GetClientCertificate(*tls.CertificateRequestInfo) (*tls.Certificate, error) {
	return k.pair.Load(), nil
}
