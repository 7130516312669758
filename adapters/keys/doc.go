// Package keys signs and verifies with keys that are secrets, across their rotation.
//
// A [Set] holds asymmetric keys, for tokens such as JWT: one key signs, several verify.
// A [MAC] holds symmetric ones, for webhooks and cookies. Both read one secret of
// either form:
//
//   - A single key: a PEM private key, or for a MAC the bytes themselves. A rotation
//     replaces it, and the old one goes on to verify for Options.Overlap.
//   - A key set: a JWK set (RFC 7517, section 5) of private or symmetric keys, with one
//     more member, "current", that names the kid of the signing key. Every key of the set verifies. A rotation is two writes: add the new key; when every verifier has had
//     time to learn it, make it current.
//
// Prefer the set: it survives restarts, holds any number of keys and changes as a whole.
// A process that starts after the rotation of a single key knows the old one only from
// the backend's previous version (Options.Previous), and only one.
//
// # At a rotation
//
// The new value is parsed once. One that can't be used is refused: the old keys go on,
// and the store's Status and Check show the error. A token with an unknown kid makes the
// store look for a newer value, once for all and ever more slowly while there is none:
// ten thousand forged kids cost the backend a handful of reads.
//
// # Identifiers
//
// The kid of a key comes from the set; without one it is the key's thumbprint
// (RFC 7638). It is not the version of the secret, which differs by backend and
// process. A key fixes its algorithm, so that a token can't choose one (RFC 8725,
// section 3.1).
package keys
