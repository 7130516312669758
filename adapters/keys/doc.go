// Package keys signs and verifies with keys that are secrets, across their rotation.
//
// A [Set] holds asymmetric keys, for tokens such as JWT: one key signs, and several
// verify. A [MAC] holds symmetric keys, for webhooks and cookies. Both read one secret
// in one of two forms:
//
//   - A single key: a PEM private key, or for a MAC the bytes themselves. A rotation
//     replaces it, and the old key still verifies for Options.Overlap.
//   - A key set: a JWK set (RFC 7517, section 5) of private or symmetric keys, with one
//     more member, "current", which names the kid of the signing key. Every key of the
//     set verifies. A rotation is two writes: add the new key, and make it current when
//     every verifier has had time to learn it.
//
// Prefer the set: it survives restarts, holds any number of keys and changes as a whole.
// A process that starts after the rotation of a single key knows the old one only from
// the backend's previous version (Options.Previous), and only one.
//
// # At a rotation
//
// The new value is parsed once. A value that can't be used is refused: the old keys
// stay in use, and the store's Status and Check show the error. A token with an unknown
// kid makes the store look for a newer value, once for all callers, and less and less
// often while there is none. So ten thousand forged kids cost the backend only a few
// reads.
//
// # Identifiers
//
// The kid of a key comes from the set. Without one, it is the key's thumbprint (RFC
// 7638). It is not the version of the secret, because that differs between backends and
// processes. A key fixes its algorithm, so that a token can't choose one (RFC 8725,
// section 3.1).
package keys
