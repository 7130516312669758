// Package vault reads secrets from HashiCorp Vault and from OpenBao, which has
// the same API.
//
//	vault://vault.example.com:8200/kv/app/          KV version 2 in the mount kv, below app
//	vault://vault.example.com:8200/kv/app/?kv=1     KV version 1
//	vault://vault.example.com:8200/database/creds/?engine=dynamic
//
// The first segment of the path is the mount, unless mount= names one that has
// several; the rest is a folder inside it. A name is the logical path below that,
// without the v1/ and data/ of the API. The port is 443 unless the URI says
// another one; Vault itself usually listens on 8200. Unix sockets are not
// supported.
//
// # Parameters
//
//	kv=1|2                 version of the KV engine; 2 is the default
//	engine=kv|dynamic      dynamic reads leased credentials, see below
//	mount=team/kv          a mount of several segments; the path is then the folder
//	field=value            the value is this one field instead of the whole document
//	namespace=NS           namespace of the secrets; VAULT_NAMESPACE without it; / is the root
//	auth_namespace=NS      namespace of the login; the namespace of the secrets without it
//	auth=METHOD            one of the methods below; token without it
//	auth_mount=PATH        where the login method is mounted; its own name without it
//	ca_file=               PEM certificates to trust instead of the system's
//	cert_file= key_file=   client certificate, for any method
//	http=true              plain HTTP, to a loopback host only
//
// What each login takes:
//
//	auth=token             token_env= or token_file=; VAULT_TOKEN without either
//	auth=none              nothing: a Vault Agent or Proxy with auto-auth adds its own token
//	auth=approle           role_id=, and secret_id_env= or secret_id_file= unless the role needs none
//	auth=kubernetes        role=, jwt_file= or jwt_env=; the pod's service account without either
//	auth=jwt               jwt_file= or jwt_env=, and role= unless the server has a default
//	auth=userpass          username=, password_env= or password_file=
//	auth=cert              cert_file=, key_file=, and role= if the certificate fits several
//
// Of the VAULT_ variables of the environment, only VAULT_TOKEN and VAULT_NAMESPACE
// have an effect, each if nothing else was given. The host is always the URI's.
//
// # Values
//
// The value of a secret is its data, a JSON object, as the server wrote it. Fields
// are read with #field, or once for the whole link with field=. A field that
// field= names and a secret lacks is ErrInvalid: the secret is not absent. Numbers
// keep their digits. A version that holds null instead of an object is ErrInvalid.
//
// # Versions
//
// Ids of KV version 2 are numbers from 1. "previous" is the number below the
// current one. Reading it needs only the permission to read the data. If that
// version was deleted, it is ErrDisabled. If it was never made, or if the engine
// dropped it, it is ErrNotFound. KV version 1 and dynamic secrets have no
// versions.
//
// # Absent, deleted, or the wrong place
//
// ErrNotFound needs a proof that the mount is what the link says: KV of that
// version, or an engine that makes credentials. A server answers "404, no errors"
// for an absent secret and also for many wrong paths. So after that answer the
// provider reads sys/internal/ui/mounts/MOUNT, and every token that may use the
// mount may read that path. An answer that only KV version 2 gives is also a proof.
//
// A proof counts for five seconds, because a mount can be replaced while the
// process runs. It does not count for a secret that was read before: its absence
// may be the first sign of a replaced mount, so it needs a new proof. A server may
// answer in Vault's own form that it does not have the path of the proof; the
// provider believes it. A page of a gateway is ErrInvalid.
//
// A deleted or destroyed version is ErrDisabled. A missing mount or another kind of
// engine is ErrInvalid.
//
// # Login
//
// No file is read and no login is made before the first call. A token is renewed
// after half of its life, and replaced by a new login in its last tenth. Both
// happen during a call, because the package has no goroutines of its own. While a
// login fails, the old token is used to its end. 403 means that a policy denies,
// or that the token is not valid. The provider asks auth/token/lookup-self which
// of the two it is. A token that is not valid is replaced by one login, for any
// number of calls that were refused.
//
// After a failed login, all calls fail with its error for a moment: 40 ms at
// first, doubling up to a second. Credentials that the server refused are not
// sent again for five seconds, so that a wrong password does not lock an account.
// Files are read again for each login; a token file is read for each call. Close
// revokes a token that a login made.
//
// # Dynamic secrets
//
// With engine=dynamic every read makes new credentials and a lease, so the
// provider keeps one lease for each name. It makes a new one only if the lease
// has ended, was revoked, is in its last tenth and can't be renewed, or belongs
// to a token that was replaced. A Get renews the lease after half of its life.
// Otherwise it asks, at most once a second, whether the lease still exists. If a
// policy denies one of these calls, the lease is still served to its end. A lease
// that is no longer read runs out. Close revokes the leases. Secret.Expires is
// the end of the lease, or of the token if that comes first; a store reads again
// before then.
//
// Static database roles have no lease. Their ttl becomes Expires and is left out
// of the document, because it differs at each read.
//
// # Connections
//
// The package speaks HTTP by itself and requires no client library. Redirects are
// refused, so that a token reaches no other host: address the active node or a load
// balancer. The package does not retry. The link does so once, unless a read makes
// credentials. Answers over 1 MiB are ErrTooLarge. Hooks of net/http/httptrace in a
// reader's context are not called, because they would see the token. Other context
// values are kept.
//
// # What a dump shows
//
// Tokens, ids of leases, leased credentials and the buffers of connections are held
// behind functions. Printing a Provider, even by reflection, shows none of them.
package vault
