// Package docker reads the secrets that Docker mounts into a container: the flat
// files of /run/secrets, or of another folder.
//
//	docker:                        db/password is /run/secrets/db_password
//	docker:///another/folder
//	docker:?prefix=shop_           db/password is /run/secrets/shop_db_password
//	docker:?missing=unavailable    for a service that never runs outside of a container
//	docker:?trim=none              the bytes of the files as they are
//
// # Names
//
// Segments of a name are joined by "_", as Docker's names have no "/":
// db/password is the file db_password. That maps several names to one file, so
// the first name by which a file was read keeps it, and any other is ErrInvalid
// from then on: two secrets that share a file by accident would otherwise pass
// for one.
//
// # Values and changes
//
// Values and changes are as in package file. Swarm never changes a mounted
// secret; Compose mounts a file of the host, which can change.
//
// # A folder that is gone
//
// Outside of containers there is no /run/secrets, so that a folder which was never
// there is ErrNotFound, and a chain goes on. Once this provider has seen it, its loss
// is ErrUnavailable, as package file describes. A program that starts without the
// mount has not seen it: missing=unavailable says that it must be there.
//
// # Windows
//
// The folder is C:\ProgramData\Docker\secrets there, with links into
// C:\ProgramData\Docker\internal\secrets. Links may lead to anywhere below
// C:\ProgramData\Docker, and nowhere else.
package docker
