package tlsconf

import (
	"crypto/tls"
	"crypto/x509"
	"slices"
	"sync/atomic"
)

// Server returns a config for a server that shows k. If clients is not nil, the server
// accepts only clients with a certificate of these authorities (mTLS). A base whose
// ClientAuth is tls.VerifyClientCertIfGiven keeps that. base is copied; nil means Go's
// own defaults. A GetConfigForClient of base is called first, and its result is
// completed in the same way. A server that verifies clients and does not speak HTTP/2
// must say so in NextProtos.
func Server(base *tls.Config, k *KeyPair, clients *Roots) *tls.Config {
	if base == nil {
		base = &tls.Config{MinVersion: tls.VersionTLS12}
	}
	c := complete(base.Clone(), k, clients)
	if clients == nil {
		return c
	}
	own := base.GetConfigForClient
	var last atomic.Pointer[forPool]
	c.GetConfigForClient = func(hello *tls.ClientHelloInfo) (*tls.Config, error) {
		if own != nil {
			if theirs, err := own(hello); theirs != nil || err != nil {
				return complete(theirs.Clone(), k, clients), err
			}
		}
		pool, protocols := clients.Pool(), protocolsFor(base, hello)
		if have := last.Load(); have != nil && have.pool == pool && slices.Equal(have.config.NextProtos, protocols) {
			return have.config, nil
		}
		next := &forPool{pool, complete(base.Clone(), k, clients)}
		next.config.GetConfigForClient = nil
		next.config.NextProtos = protocols
		last.Store(next)
		return next.config, nil
	}
	return c
}

// protocolsFor returns the protocols of base. If it names none, net/http's server adds
// h2 and http/1.1 to a copy of the config that we never see; a client that offers them
// gets them.
func protocolsFor(base *tls.Config, hello *tls.ClientHelloInfo) []string {
	if len(base.NextProtos) > 0 {
		return base.NextProtos
	}
	var protocols []string
	for _, p := range []string{"h2", "http/1.1"} {
		if slices.Contains(hello.SupportedProtos, p) {
			protocols = append(protocols, p)
		}
	}
	return protocols
}

// forPool is a config that is made once for each pool, and not for each handshake.
type forPool struct {
	pool   *x509.CertPool
	config *tls.Config
}

func complete(c *tls.Config, k *KeyPair, clients *Roots) *tls.Config {
	if c == nil {
		return nil
	}
	c.Certificates, c.GetCertificate = nil, k.GetCertificate
	if clients == nil {
		return c
	}
	// A resumed session would show the client's certificate of the first handshake.
	c.SessionTicketsDisabled = true
	c.ClientCAs = clients.Pool()
	if c.ClientAuth != tls.VerifyClientCertIfGiven {
		c.ClientAuth = tls.RequireAndVerifyClientCert
	}
	return c
}
