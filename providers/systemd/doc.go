// Package systemd reads the credentials that systemd passes to a service: the files
// of the folder that $CREDENTIALS_DIRECTORY names (systemd.io/CREDENTIALS).
//
//	systemd:                     db/password is the credential db_password
//	systemd:?prefix=shop_        db/password is the credential shop_db_password
//	systemd:?missing=absent      for a program that also runs without systemd
//	systemd:?trim=none           the bytes of the credentials as they are
//
// The unit says what is in the folder:
//
//	[Service]
//	LoadCredential=db_password:/etc/shop/db_password
//	LoadCredentialEncrypted=api_key:/etc/shop/api_key.cred
//
// # Names
//
// Segments of a name are joined by "_", as names of credentials have no "/", and
// as LoadCredential= of a folder names its files. Two names of one credential are
// ErrInvalid, as in package docker. A file becomes a value as in package file.
//
// # Without credentials
//
// systemd sets the variable only for a unit that has credentials. Where it is unset
// or is not an absolute path, every name is ErrInvalid, so that a unit which lost its
// LoadCredential= lines stops the chain and does not start with what a weaker link
// holds. With missing=absent that is ErrNotFound, and so is a folder that is gone,
// which otherwise is ErrUnavailable. A credential that is absent from the folder is
// ErrNotFound.
//
// # Changes
//
// Credentials don't change while the unit runs, so that a store keeps them for the
// life of the process unless the link has a ttl=. A unit with
// RefreshOnReload=credentials, which systemd 260 knows, gets new ones at a reload:
// call Refresh of the store then.
package systemd
