package vault

import "context"

// AuthMethod is a way to log in.
type AuthMethod string

// The methods of [Auth], each of which is a value of auth= in a config string.
const (
	// AuthToken sends a token that somebody else looks after. It is the default.
	AuthToken AuthMethod = "token"
	// AuthNone sends no token: a Vault Agent or Vault Proxy with auto-auth adds
	// its own.
	AuthNone AuthMethod = "none"
	// AuthAppRole logs in with a role id and, unless the role does without, a
	// secret id.
	AuthAppRole AuthMethod = "approle"
	// AuthKubernetes logs in with the token of a service account.
	AuthKubernetes AuthMethod = "kubernetes"
	// AuthJWT logs in with a JSON Web Token (RFC 7519).
	AuthJWT AuthMethod = "jwt"
	// AuthUserpass logs in with a name and a password. Mounted elsewhere it is
	// LDAP's login too, which has the same form.
	AuthUserpass AuthMethod = "userpass"
	// AuthCert logs in with the client's certificate.
	AuthCert AuthMethod = "cert"
)

// Auth is a way to log in, and with what.
type Auth struct {
	// Method is one of the Auth constants. Empty means AuthToken.
	Method AuthMethod
	// Mount is where the method is mounted below auth/. Empty means at its own
	// name. AuthToken and AuthNone have no login, so no Mount.
	Mount string
	// Namespace is where the method is mounted. Nil means Options.Namespace; a
	// pointer to "" means the root namespace.
	Namespace *string
	// Role is required by AuthKubernetes, and optional for AuthCert and for
	// AuthJWT, where the server may have a default.
	Role string
	// RoleID is required by AuthAppRole.
	RoleID string
	// Username is required by AuthUserpass.
	Username string
	// Credential is the token, secret id, JWT or password. The zero Credential
	// means VAULT_TOKEN for AuthToken, the pod's service account for
	// AuthKubernetes, and none for AuthAppRole, whose role must have
	// bind_secret_id=false then. AuthJWT and AuthUserpass require one; AuthNone
	// and AuthCert take none.
	Credential Credential
}

// Credential says where a credential is found. Set one field. It is looked up
// anew for each login, and for AuthToken before each call. A final line break is
// not part of a password; tokens, ids and JWTs lose white space at both ends.
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

func (a Auth) method() AuthMethod {
	if a.Method == "" {
		return AuthToken
	}
	return a.Method
}

func (a Auth) withDefaults() Auth {
	a.Method = a.method()
	if a.Mount == "" {
		a.Mount = string(a.Method)
	}
	if a.Credential.sources() == 0 {
		switch a.Method {
		case AuthToken:
			a.Credential.Env = tokenVariable
		case AuthKubernetes:
			a.Credential.File = serviceAccount
		}
	}
	return a
}
