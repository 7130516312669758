package vault

import (
	"net/http"
	"os"
	"strings"
)

// Options says where a [Provider] reads and how it logs in. They are copied. [New]
// needs Address and Mount; a config string gives both.
type Options struct {
	// Address is the scheme, host and port of the server, and nothing more, as in
	// https://vault.example.com:8200. Plain http is allowed only for loopback
	// hosts, because tokens and secrets would be readable on the network. Unix
	// sockets are not supported. VAULT_ADDR is not read: a variable must not send
	// tokens to another host than the one in the config string.
	Address string
	// Mount is the path of the secrets engine, as in kv or team/kv. It has no
	// "data/" behind it.
	Mount string
	// Prefix is a folder in the mount. All names are below it. It may be empty. The
	// Prefix limits names and not permissions: that is the work of a policy.
	Prefix string
	// KV is the version of the KV engine, 1 or 2. Zero means 2. Any other number,
	// even a negative one, is ErrInvalid. The version is not guessed from the
	// server, because a guess would need another permission and another call.
	KV int
	// Dynamic says that reads of the mount make leased credentials. KV must then be
	// zero. It must be said, because a read through the wrong reader would make
	// credentials that nobody revokes.
	Dynamic bool
	// Field is the one field of each document that becomes the value: a key, or a
	// JSON Pointer (RFC 6901) when it starts with "/". Empty means the whole
	// document.
	Field string
	// Namespace is the namespace of the mount. Nil means the one in
	// VAULT_NAMESPACE. A pointer to "" means the root namespace, even if the
	// environment names another one. Slashes at both ends are dropped. A Vault of
	// the Community edition has no namespaces: it ignores this and answers from its
	// root. See https://developer.hashicorp.com/vault/docs/enterprise/namespaces.
	Namespace *string
	// Auth is how to log in. The zero Auth is the token in VAULT_TOKEN.
	Auth Auth
	// CAFile is a file with the PEM certificates that the server's certificate is
	// checked against. Empty means the system's certificates. The file is read at
	// first use, and replaces the system's certificates: a server with a CA of its
	// own should not be trusted under any other.
	CAFile string
	// CertFile and KeyFile are files with the client's certificate and key in PEM.
	// Set both or neither. They are read anew for each connection, because such
	// certificates live for hours or days.
	CertFile, KeyFile string
	// Transport replaces the HTTP transport. CAFile, CertFile and KeyFile must then
	// be empty. It must not follow redirects, because the token would go along. The
	// caller that made it closes it.
	Transport http.RoundTripper
	// LookupEnv replaces os.LookupEnv. Nil means os.LookupEnv.
	LookupEnv func(key string) (value string, set bool)
}

const (
	tokenVariable     = "VAULT_TOKEN"
	namespaceVariable = "VAULT_NAMESPACE"
	serviceAccount    = "/var/run/secrets/kubernetes.io/serviceaccount/token"
)

// withDefaults replaces the zero values of checked options by their defaults. It runs once, at
// opening. Otherwise an environment that changes later would move the provider to another
// namespace while it runs.
func (o Options) withDefaults() Options {
	if o.LookupEnv == nil {
		o.LookupEnv = os.LookupEnv
	}
	if o.KV == 0 {
		o.KV = 2
	}
	if o.Namespace == nil {
		ns, _ := o.LookupEnv(namespaceVariable)
		o.Namespace = &ns
	}
	// The login is in the namespace of the secrets unless something else is said,
	// as in Vault's own client.
	if o.Auth.Namespace == nil {
		o.Auth.Namespace = o.Namespace
	}
	o.Namespace, o.Auth.Namespace = trimmed(o.Namespace), trimmed(o.Auth.Namespace)
	o.Auth = o.Auth.withDefaults()
	return o
}

// trimmed copies a value that its caller may change later. The copy has no slashes
// at its ends, because "team" and "team/" are one namespace and must print alike.
func trimmed(namespace *string) *string {
	own := strings.Trim(*namespace, "/")
	return &own
}
