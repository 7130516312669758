// Package vault reads secrets from HashiCorp Vault and from OpenBao, which has
// the same API.
//
//	vault://vault.example.com:8200/kv/app/          KV version 2 in the mount kv, below app
//	vault://vault.example.com:8200/kv/app/?kv=1     KV version 1
//	vault://vault.example.com:8200/database/creds/?engine=dynamic
//
// The first segment of the path is the mount, unless mount= names one that has
// several; the rest is a folder inside it. A name is the logical path below that,
// without the data/ of the API. The host's port is 443 unless the URI says
// otherwise; Vault's own default is 8200.
//
// # Parameters
//
//	kv=1|2                 version of the KV engine; 2 is the default
//	engine=kv|dynamic      dynamic reads leased credentials, see below
//	mount=team/kv          a mount of several segments; the path is then the folder
//	field=value            the value is this one field instead of the whole document
//	namespace=NS           namespace of the secrets; VAULT_NAMESPACE without it; / is the root
//	auth_namespace=NS      namespace of the login; that of the secrets without it
//	auth=METHOD            token (default), approle, kubernetes, jwt, userpass or cert
//	auth_mount=PATH        where the login method is mounted; its own name without it
//	token_env= token_file= token: VAULT_TOKEN without either
//	role_id=, secret_id_env= secret_id_file=         approle
//	role=, jwt_file= jwt_env=                        kubernetes, jwt
//	username=, password_env= password_file=          userpass
//	role=, cert_file= key_file=                      cert; role is optional
//	ca_file=               PEM certificates to trust instead of the system's
//	cert_file= key_file=   client certificate, for any method
//	http=true              plain HTTP, to a loopback host alone
//
// Of the VAULT_ variables of the environment, VAULT_TOKEN and VAULT_NAMESPACE
// alone have an effect, each only where nothing else was given. The host is
// always the URI's. The official client refuses to be made while some of the
// others are malformed (VAULT_CACERT, say); that is ErrInvalid at first use.
//
// # Values
//
// The value of a secret is its data, a JSON object, as the server wrote it. Fields
// are read with #field, or once for the whole link with field=. A field that
// field= names and a secret lacks is ErrInvalid: the secret is not absent. Numbers
// keep their digits.
//
// # Versions
//
// Ids of KV version 2 are numbers from 1. "previous" is the current one less one:
// the highest that can exist below it. It needs no permission besides that of the
// data. Where it was deleted it is ErrDisabled, where it was never made or the
// engine dropped it, ErrNotFound. KV version 1 and dynamic secrets have no
// versions.
//
// # Absent, deleted, or the wrong place
//
// ErrNotFound is said only when the mount is known to be a KV engine of the
// configured version: the server answers "404, no errors" for an absent secret and
// for version 2 paths on a version 1 mount alike. The first such answer is
// therefore followed by one read of sys/internal/ui/mounts/MOUNT, which every
// token may do that may use the mount. A server without that path is taken at its
// word. A deleted or destroyed version is ErrDisabled. A missing mount or the
// wrong version of the engine is ErrInvalid.
//
// # Login
//
// Nothing is read and nobody logs in before the first call. A token is renewed
// once half of its life is over and replaced by a new login in its last tenth;
// both happen during a call, as the package has no goroutines of its own. 403
// means either that a policy denies or that the token is no good: lookup-self of
// the token tells, and a token that is no good is replaced by one login, however
// many calls found out. Credentials that the server refused are not sent again for
// five seconds, so that a wrong password does not lock an account. Files are read
// anew for each login, a token file for each call. Close revokes a token that a
// login made.
//
// # Dynamic secrets
//
// With engine=dynamic every read makes new credentials and a lease, so the
// provider keeps the lease of each name: it reads again only when the lease has
// ended, was revoked, can't be renewed beyond its last tenth, or belongs to a
// token that was replaced. A Get renews the lease once half of it is over and
// otherwise asks, at most once a second, whether it still exists. A lease that
// nobody reads runs out. Close revokes the leases. Secret.Expires is the end of
// the lease, or of the token if that is sooner; a store reads again before it.
//
// Static database roles have no lease; their ttl becomes Expires and is left out
// of the document, as it would differ at each read.
//
// # Connections
//
// Redirects are refused, so that a token reaches no other host: address the active
// node or a load balancer. Nothing is retried; the store does that. Answers over
// 1 MiB are ErrTooLarge.
package vault
