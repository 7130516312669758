package vault

import (
	"context"
	"net/http"
	"os"
)

// Options says where a [Provider] reads and how it logs in. They are copied.
// [New] wants Address and Mount; a config string gives both.
type Options struct {
	// Address is the scheme, host and port of the server, and nothing more, as
	// in https://vault.example.com:8200. http is for loopback hosts alone.
	Address string
	// Mount is the path of the secrets engine, as in kv or team/kv.
	Mount string
	// Prefix is a folder in the mount that all names are below. It may be empty.
	Prefix string
	// KV is the version of the KV engine, 1 or 2. Zero means 2.
	KV int
	// Dynamic says that reads of the mount make leased credentials. KV must be
	// zero then.
	Dynamic bool
	// Field is the one field of each document that is its value: a key, or a
	// JSON Pointer when it starts with "/". Empty means the whole document.
	Field string
	// Namespace is where the mount is. Nil means that of VAULT_NAMESPACE; a
	// pointer to "" means the root namespace whatever the environment says.
	Namespace *string
	// Auth is how to log in. The zero Auth is the token in VAULT_TOKEN.
	Auth Auth
	// CAFile has the PEM certificates that the server's is checked against.
	// Empty means those of the system. It is read at first use.
	CAFile string
	// CertFile and KeyFile are the client's certificate and key in PEM. Both or
	// none. They are read anew for each connection.
	CertFile, KeyFile string
	// Transport replaces the HTTP transport; CAFile, CertFile and KeyFile must
	// be empty then. It must not follow redirects, and whoever made it closes it.
	Transport http.RoundTripper
	// LookupEnv stands in for os.LookupEnv, which nil means.
	LookupEnv func(key string) (value string, set bool)
}

// The methods of [Auth].
const (
	AuthToken      = "token"
	AuthAppRole    = "approle"
	AuthKubernetes = "kubernetes"
	AuthJWT        = "jwt"
	AuthUserpass   = "userpass"
	AuthCert       = "cert"
)

// Auth is a way to log in.
type Auth struct {
	// Method is one of the Auth constants. Empty means AuthToken.
	Method string
	// Mount is where the method is mounted below auth/. Empty means at its own
	// name.
	Mount string
	// Namespace is where the method is mounted. Nil means Options.Namespace; a
	// pointer to "" means the root namespace.
	Namespace *string
	// Role is required by AuthKubernetes and AuthJWT, optional for AuthCert.
	Role string
	// RoleID is required by AuthAppRole.
	RoleID string
	// Username is required by AuthUserpass.
	Username string
	// Credential is the token, secret id, JWT or password; AuthCert has none.
	// The zero Credential means VAULT_TOKEN for AuthToken and the pod's service
	// account for AuthKubernetes; the other methods require one.
	Credential Credential
}

// Credential says where a credential is found. Set one field. It is looked up
// anew for each login, and for AuthToken before each call. A final line break is
// no part of a password; tokens, ids and JWTs lose white space at both ends.
type Credential struct {
	// Env is the name of an environment variable.
	Env string
	// File is the path of a regular file of at most 64 KiB.
	File string
	// Func returns the credential. It must be safe for concurrent use. Its error
	// is not shown, as it may quote the credential.
	Func func(ctx context.Context) (string, error)
}

func (c Credential) sources() int {
	n := 0
	for _, set := range []bool{c.Env != "", c.File != "", c.Func != nil} {
		if set {
			n++
		}
	}
	return n
}

const (
	tokenVariable     = "VAULT_TOKEN"
	namespaceVariable = "VAULT_NAMESPACE"
	serviceAccount    = "/var/run/secrets/kubernetes.io/serviceaccount/token"
)

// withDefaults fills in what the zero values of checked options mean.
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
	a := &o.Auth
	if a.Method == "" {
		a.Method = AuthToken
	}
	if a.Mount == "" {
		a.Mount = a.Method
	}
	if a.Namespace == nil {
		a.Namespace = o.Namespace
	}
	if a.Credential.sources() == 0 {
		switch a.Method {
		case AuthToken:
			a.Credential.Env = tokenVariable
		case AuthKubernetes:
			a.Credential.File = serviceAccount
		}
	}
	return o
}
