// Package age reads secrets from an encrypted file in the repository, and changes such
// files. Two kinds:
//
//	sops:secrets.env              of sops, with age recipients: one line a secret, and the
//	                              diff of a change shows which one changed
//	sops:secrets.json             the same in JSON, to read only
//	age:secrets.env.age           a whole .env file, encrypted with age
//	age:tls.key.age?name=tls/key  any file, encrypted with age: one secret
//
// sops is github.com/getsops/sops, age is age-encryption.org; both tools open what this
// package writes, and the reverse. docs/encrypted-files.md says which kind to take.
//
// # Who may read
//
// A file is encrypted for the public keys of its readers, its recipients. The private
// keys, the identities, are in a file that identity_file= names, as age-keygen and
// secretmux keygen write it, or in the variable SECRETMUX_AGE_KEY, one a line. Both keys
// of X25519 (age1...) and hybrid ones (age1pq1...), which a quantum computer can't
// break either, are read; keys of SSH, plugins and passphrases are not.
//
// Encryption keeps strangers from reading, and not from writing: age has no sender, so
// whoever can commit a file can replace it. Protect the branch.
//
// # Names
//
// db/password is the key DB_PASSWORD, or with prefix=APP_ the key APP_DB_PASSWORD, as in
// packages env and dotenv; a key with nothing in it is absent unless empty=keep. In JSON
// it is the member db/password, db_password or DB_PASSWORD, of which only one may be
// there; one that is null is absent, and one that is no string is its JSON text. The plain
// text of an age: file is a .env file in the dialect secretmux.
//
// # Errors
//
// A wrong key never lets a chain go on to another link. No identity is
// ErrUnauthenticated, one that is not among the recipients ErrDenied. A file that was
// tampered with, cut or merged by hand is ErrCorrupt: sops: files are refused whole when
// one value or the MAC over all is not right. What this package does not know is
// ErrInvalid and named: YAML, key groups, encrypted_regex and its like. A file that is not
// there is ErrUnavailable unless missing=absent, and one that may not be read is
// ErrDenied. A file over 1 MiB is ErrTooLarge. A key that is absent is ErrNotFound.
//
// With GODEBUG=fips140=only every read is ErrInvalid: age and sops are made of what that
// forbids.
package age
