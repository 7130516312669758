// Package age reads secrets from an encrypted file in the repository, and changes such
// files. There are two kinds:
//
//	sops:secrets.env              a file of sops with age recipients: one secret a line,
//	                              and the diff of a change shows which secret changed
//	sops:secrets.json             the same in JSON; it can only be read
//	age:secrets.env.age           a whole .env file, encrypted with age
//	age:tls.key.age?name=tls/key  any file, encrypted with age: it is one secret
//
// sops is github.com/getsops/sops, and age is age-encryption.org. Both tools open the
// files that this package writes, and this package opens theirs.
// docs/encrypted-files.md says which kind to choose.
//
// # Who may read
//
// A file is encrypted for the public keys of its readers. These keys are its
// recipients. The private keys are called identities. They are in the file that
// identity_file= names, in the form that age-keygen and secretmux keygen write. Without
// that parameter the variable SECRETMUX_AGE_KEY holds them, one a line. This package
// reads X25519 keys (age1...) and hybrid keys (age1pq1...), which a quantum computer
// can't break either. It does not read SSH keys, keys of plugins, or keys behind a
// passphrase.
//
// Encryption keeps strangers from reading the file. It does not keep them from writing
// it: age has no sender, so everyone who can commit a file can replace it. Protect the
// branch.
//
// # Names
//
// The name db/password is the key DB_PASSWORD, and with prefix=APP_ the key
// APP_DB_PASSWORD, as in packages env and dotenv. A key with an empty value is absent
// unless the link has empty=keep. In JSON the name is the member db/password,
// db_password or DB_PASSWORD, and the file may have only one of these. A member that is
// null is absent. A member that is not a string is its JSON text. The plain text of an
// age: file is a .env file in the dialect secretmux.
//
// # Errors
//
// A wrong key never lets a chain go on to another link. A missing identity is
// ErrUnauthenticated, and an identity that is not among the recipients is ErrDenied. A
// file that was tampered with, cut, or merged by hand is ErrCorrupt: a sops: file is
// refused whole if one value, or the MAC over all values, is wrong. A feature that this
// package does not support is ErrInvalid, and the error names it: YAML, key groups,
// encrypted_regex and similar modes. A file that does not exist is ErrUnavailable
// unless the link has missing=absent. A file that this process may not read is
// ErrDenied. A file over 1 MiB is ErrTooLarge. An absent key is ErrNotFound.
//
// With GODEBUG=fips140=only every read is ErrInvalid, because that setting forbids the
// algorithms of age and sops.
package age
