// Package docker reads the secrets that Docker mounts into a container. They are the
// files directly in /run/secrets, or in another folder.
//
//	docker:                        db/password is /run/secrets/db_password
//	docker:///another/folder
//	docker:?prefix=shop_           db/password is /run/secrets/shop_db_password
//	docker:?missing=unavailable    for a service that always runs in a container
//	docker:?trim=none              the bytes of the files, unchanged
//
// # Names
//
// The segments of a name are joined by "_", because Docker's names have no "/":
// db/password is the file db_password. Several names give one file. So the first name
// that reads a file keeps it, and every other name is ErrInvalid from then on.
// Otherwise two secrets that share a file by accident would look like one.
//
// # Values and changes
//
// Values and changes work as in package file. Swarm never changes a mounted secret.
// Compose mounts a file of the host, which can change.
//
// # A lost folder
//
// Outside of containers /run/secrets does not exist. So a folder that this provider
// has never seen is ErrNotFound, and a chain goes on. After this provider has seen
// the folder, its loss is ErrUnavailable, as package file describes. A program that
// starts without the mount has not seen it: missing=unavailable says that the folder
// must exist.
//
// # Windows
//
// On Windows the folder is C:\ProgramData\Docker\secrets, with links into
// C:\ProgramData\Docker\internal\secrets. Links may only lead to places below
// C:\ProgramData\Docker.
package docker
