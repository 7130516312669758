// Package systemd reads the credentials that systemd passes to a service: the files
// of the folder that $CREDENTIALS_DIRECTORY names (systemd.io/CREDENTIALS).
//
//	systemd:                     db/password is the credential db_password
//	systemd:?prefix=shop_        db/password is the credential shop_db_password
//	systemd:?missing=absent      for a program that also runs without systemd
//	systemd:?trim=none           the bytes of the credentials, unchanged
//
// The unit lists the credentials in the folder:
//
//	[Service]
//	LoadCredential=db_password:/etc/shop/db_password
//	LoadCredentialEncrypted=api_key:/etc/shop/api_key.cred
//
// # Names
//
// The segments of a name are joined by "_", because names of credentials have no "/".
// LoadCredential= with a folder names its files in the same way. Two names of one
// credential are ErrInvalid, as in package docker. A file becomes a value as in
// package file.
//
// # Without credentials
//
// systemd sets the variable only for a unit that has credentials. If it is unset or
// is not an absolute path, every name is ErrInvalid. A unit that lost its
// LoadCredential= lines then stops the chain, and does not start with the values of a
// weaker link. A folder that does not exist is ErrUnavailable. With missing=absent
// both are ErrNotFound. A credential that the folder does not have is ErrNotFound.
//
// # Changes
//
// Credentials don't change while the unit runs, so a store keeps them for the life of
// the process unless the link has a ttl=. A unit with RefreshOnReload=credentials, a
// setting of systemd 260, gets new ones at a reload: call Refresh of the store then.
package systemd
