// Package vault reads secrets from HashiCorp Vault and from OpenBao, which has
// the same API.
//
//	vault://vault.example.com:8200/kv/app/          KV version 2 in the mount kv, below app
//	vault://vault.example.com:8200/kv/app/?kv=1     KV version 1
//	vault://vault.example.com:8200/database/creds/?engine=dynamic
//
// The first segment of the path is the mount, unless mount= names one that has
// several; the rest is a folder inside it. A name is the logical path below that,
// without the v1/ and data/ of the API. The host's port is 443 unless the URI says
// otherwise; Vault's own default is 8200. Unix sockets are not supported.
//
// # Parameters
//
//	kv=1|2                 version of the KV engine; 2 is the default
//	engine=kv|dynamic      dynamic reads leased credentials, see below
//	mount=team/kv          a mount of several segments; the path is then the folder
//	field=value            the value is this one field instead of the whole document
//	namespace=NS           namespace of the secrets; VAULT_NAMESPACE without it; / is the root
//	auth_namespace=NS      namespace of the login; that of the secrets without it
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
//	auth=approle           role_id=, and secret_id_env= or secret_id_file= unless the role does without
//	auth=kubernetes        role=, jwt_file= or jwt_env=; the pod's service account without either
//	auth=jwt               jwt_file= or jwt_env=, and role= unless the server has a default
//	auth=userpass          username=, password_env= or password_file=
//	auth=cert              cert_file=, key_file=, and role= where the certificate fits several
//
// Of the VAULT_ variables of the environment, only VAULT_TOKEN and VAULT_NAMESPACE
// have an effect, each where nothing else was given. The host is always the URI's.
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
// Ids of KV version 2 are numbers from 1. "previous" is the current one less one:
// the highest that can exist below it. It needs no permission besides that of the
// data. Where it was deleted it is ErrDisabled, where it was never made or the
// engine dropped it, ErrNotFound. KV version 1 and dynamic secrets have no
// versions.
//
// # Absent, deleted, or the wrong place
//
// ErrNotFound is said only beside a proof that the mount is what the link says: KV
// of that version, or an engine that makes credentials. Servers answer "404, no
// errors" for an absent secret and for many a wrong path alike, so that answer is
// followed by a read of sys/internal/ui/mounts/MOUNT, which every token may do that
// may use the mount. An answer that only KV version 2 gives is a proof too.
//
// A proof counts for five seconds, as a mount can be replaced under way. It does not
// count for a secret that was read before: its absence may be the first sign of that,
// so it is followed by a proof of its own. A server that says in Vault's own form
// that it lacks the path is believed; a page of a gateway is ErrInvalid.
//
// A deleted or destroyed version is ErrDisabled. A missing mount or another kind of
// engine is ErrInvalid.
//
// # Login
//
// Nothing is read and no login is made before the first call. A token is renewed
// once half of its life is over and replaced by a new login in its last tenth;
// both happen during a call, as the package has no goroutines of its own. While a
// login fails, the token is used to its end. 403 means either that a policy denies
// or that the token is not valid: lookup-self of the token tells, and a token that is
// not valid is replaced by one login, however many calls found out.
//
// After a login that failed, whatever the reason, all calls fail with its error for a
// moment: 40 ms at first, doubling to a second. Credentials that the server refused
// are not sent again for five seconds, so that a wrong password does not lock an
// account. Files are read anew for each login, a token file for each call. Close
// revokes a token that a login made.
//
// # Dynamic secrets
//
// With engine=dynamic every read makes new credentials and a lease, so the
// provider keeps the lease of each name: it reads again only when the lease has
// ended, was revoked, can't be renewed beyond its last tenth, or belongs to a
// token that was replaced. A Get renews the lease once half of it is over and
// otherwise asks, at most once a second, whether it still exists. A policy that
// denies either takes nothing from the lease: it is served to its end. A lease that
// is not read any more runs out. Close revokes the leases. Secret.Expires is the end
// of the lease, or of the token if that is sooner; a store reads again before it.
//
// Static database roles have no lease; their ttl becomes Expires and is left out
// of the document, as it would differ at each read.
//
// # Connections
//
// The package speaks HTTP by itself and requires no client library. Redirects are
// refused, so that a token reaches no other host: address the active node or a load
// balancer. Nothing is retried; the link does that once, but not where a read makes
// credentials. Answers over 1 MiB are ErrTooLarge. Hooks of net/http/httptrace in a
// reader's context are not called, as they would see the token; other values travel.
//
// # What a dump shows
//
// Tokens, ids of leases, leased credentials and the buffers of connections are held
// behind functions. Whatever prints a Provider, reflection included, shows none.
package vault
