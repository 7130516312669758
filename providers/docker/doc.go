// Package docker reads the secrets that Docker mounts into a container: the flat
// files of /run/secrets, or of the folder in docker:///another/folder.
//
// Segments of a name are joined by "_", as Docker's names have no "/":
// db/password is the file db_password. That maps several names to one file, so
// the first name by which a file was read keeps it, and any other is ErrInvalid
// from then on: two secrets that share a file by accident would otherwise pass
// for one.
//
// How a file becomes a value, what its errors are and how changes are seen is
// that of package file, on which this one is built. Swarm never changes a
// mounted secret; Compose mounts a file of the host, which can change. A missing
// folder is ErrNotFound, so that a chain goes on outside of containers.
package docker
