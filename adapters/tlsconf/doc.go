// Package tlsconf serves and dials TLS with certificates, keys and roots that are
// secrets, and follows their rotation without a restart.
//
// A [KeyPair] is a certificate chain and its key, from one secret (a PEM bundle or a
// JSON document) or from two. [Roots] are the certificate authorities to trust.
// [Server] makes a tls.Config from them, and [Transport] a transport for HTTP. The
// methods of both types also fit into your own config.
//
// # At a rotation
//
// A new pair or pool is parsed and checked once, and then replaces the old one with one
// atomic store: a handshake sees the old state or the new one, never a certificate with
// the key of another. A value that does not fit (a key that does not match, an expired
// leaf, a bundle without a certificate) is refused: the old state stays in use, and the
// store's Status and Check show the error. Open connections are not changed, because
// TLS asks for a certificate only when a connection begins. [Transport] sends no new
// request over them, so the next request shows the new certificate.
//
// To change a certificate authority, trust the old and the new one together first
// ([NewRoots] takes several references), then issue new certificates, then drop the
// old one.
//
// # Resumed sessions
//
// A TLS session that is resumed shows the certificate of the first handshake. So
// [Transport] uses no session cache if it has a client certificate, and [Server]
// switches off session tickets if it verifies clients. Before Go 1.24.13 and 1.25.7 a
// resumed handshake ignored changed roots (CVE-2025-68121).
//
// # What it costs
//
// A handshake costs one more atomic load. Parsing a pair takes about 70 microseconds,
// once a rotation.
package tlsconf
