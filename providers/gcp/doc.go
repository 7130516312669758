// Package gcp reads secrets from Google Cloud Secret Manager, over gRPC.
//
//	gcp-sm://my-project                        global secrets of the project
//	gcp-sm://my-project?location=europe-west3  regional secrets, at that region's own endpoint
//
// # Parameters
//
//	location=  a region: secrets are looked for only there
//	prefix=    is put in front of every name, as in prefix=prod-
//	sep=       replaces each / of a name, as in sep=--
//	alias=     the version that Get reads instead of latest: one of the secret's version aliases, or latest-enabled
//	metadata=  true: Secret.Created, for a second call and the permission secretmanager.versions.get
//	endpoint=  host or host:port to call instead of Google's; on loopback without TLS and credentials, for emulators
//
// The project is required, because GOOGLE_CLOUD_PROJECT and the project of the
// credentials describe the caller and not the place of a secret. For a project with a
// domain, such as example.com:my-project, write its number. The credentials are the
// Application Default Credentials unless [Options] has others.
//
// # Names
//
// Secret Manager holds names of up to 255 ASCII letters, digits, "-" and "_".
// Other names are ErrInvalid before any call. With sep= a name may have segments,
// and no two names share a secret: a name that already has the separator in it,
// or a segment that starts or ends with one of its characters, is ErrInvalid.
//
// # Versions
//
// Versions are numbers; Secret.Version has the one that was read. Get reads latest,
// the version that was made last. If that version is disabled or destroyed, the error
// is ErrDisabled. Get does not go back to an older version, because the version may
// have been disabled in order to stop readers. The alias latest-enabled does go back;
// it costs a second call and needs the permission secretmanager.versions.list.
//
// VersionPrevious is the number before the current one. It takes two reads of
// values and no other permission. If that version is disabled or destroyed, the
// error is ErrDisabled, because an older one is not the previous one.
//
// latest and aliases are eventually consistent: a rotation can take minutes to
// show, and a read may see an older version again.
//
// # Absent
//
// A NOT_FOUND is ErrNotFound, after which a chain goes on, only if its message names
// the secret that was asked for, or its version. Secret Manager writes such messages.
// A NOT_FOUND that names a project, a location or a key, or names nothing, is
// ErrInvalid: it may come from a proxy or another service.
//
// # Checks
//
// Each value comes with a CRC32C checksum. A value that does not match its checksum,
// or that has none, is ErrCorrupt. An answer that is not for the secret and version
// that were asked for is ErrCorrupt too.
package gcp
