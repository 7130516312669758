// Package tlsconf serves and dials TLS with certificates, keys and roots that are
// secrets, and follows their rotation without a restart.
//
// A [KeyPair] is a certificate chain and its key, from one secret (a PEM bundle or a
// JSON document) or from two. [Roots] are the certificate authorities to trust.
// [Server] makes a tls.Config of them, [Transport] a transport of HTTP; the methods of
// both types fit into a config of your own.
//
// # At a rotation
//
// A new pair or pool is parsed and checked once, and then replaces the old one
// with one atomic store: a handshake sees the old state or the new one, never a
// certificate with the key of another. A value that does not fit (a key that does
// not match, an expired leaf, a bundle without a certificate) is refused: the old
// state goes on, and the store's Status and Check show the error. Connections
// that are open go on as they are; TLS asks for a certificate only when a
// connection begins. [Transport] gives no new request to them, so that the next
// one shows the new certificate.
//
// To change a certificate authority, trust the old and the new one together first
// ([NewRoots] takes several references), then issue new certificates, then drop the
// old one.
//
// # Resumed sessions
//
// A TLS session that is resumed shows the certificate of the first handshake. So
// [Transport] uses no session cache where it has a client certificate, and [Server]
// switches session tickets off where it verifies clients. Before Go 1.24.13 and 1.25.7 a
// resumed handshake ignored changed roots (CVE-2025-68121).
//
// # What it costs
//
// A handshake costs one atomic load more. Parsing a pair takes some 70 microseconds,
// once a rotation.
package tlsconf
