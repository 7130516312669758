package vault

import "context"

// AuthMethod is a way to log in.
type AuthMethod string

// The methods of [Auth], each of which is a value of auth= in a config string.
const (
	// AuthToken sends a token that another program looks after. It is the
	// default.
	AuthToken AuthMethod = "token"
	// AuthNone sends no token: a Vault Agent or Vault Proxy with auto-auth adds
	// its own.
	AuthNone AuthMethod = "none"
	// AuthAppRole logs in with a role id and a secret id. A role with
	// bind_secret_id=false needs no secret id.
	AuthAppRole AuthMethod = "approle"
	// AuthKubernetes logs in with the token of a service account.
	AuthKubernetes AuthMethod = "kubernetes"
	// AuthJWT logs in with a JSON Web Token (RFC 7519).
	AuthJWT AuthMethod = "jwt"
	// AuthUserpass logs in with a name and a password. LDAP's login has the same
	// form: set Mount to where LDAP is mounted.
	AuthUserpass AuthMethod = "userpass"
	// AuthCert logs in with the client's certificate.
	AuthCert AuthMethod = "cert"
)

// Auth says how to log in, and with which credential.
type Auth struct {
	// Method is one of the Auth constants. Empty means AuthToken.
	Method AuthMethod
	// Mount is where the method is mounted below auth/. Empty means the method's
	// own name. AuthToken and AuthNone do not log in, so they take no Mount.
	Mount string
	// Namespace is where the method is mounted. Nil means Options.Namespace; a
	// pointer to "" means the root namespace.
	Namespace *string
	// Role is required by AuthKubernetes. It is optional for AuthCert, and for
	// AuthJWT, where the server may have a default.
	Role string
	// RoleID is required by AuthAppRole.
	RoleID string
	// Username is required by AuthUserpass.
	Username string
	// Credential is the token, secret id, JWT or password. The zero Credential
	// means VAULT_TOKEN for AuthToken and the pod's service account for
	// AuthKubernetes. For AuthAppRole it means no secret id, so the role must
	// have bind_secret_id=false. AuthJWT and AuthUserpass require a Credential;
	// AuthNone and AuthCert take none.
	Credential Credential
}

// Credential says where a credential is found. Set one field. The credential is
// looked up anew for each login, and for AuthToken before each call. A line break
// at the end is removed from a password; white space at both ends is removed from
// tokens, ids and JWTs.
type Credential struct {
	// Env is the name of an environment variable.
	Env string
	// File is the path of a regular file of at most 64 KiB.
	File string
	// Func returns the credential. It must be safe for concurrent use. Its error
	// is not shown, because it may quote the credential.
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
