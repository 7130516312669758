package vault

import "context"

// AuthMethod is a way to log in. It is a string, so that the values in code and in
// a config string are the same words.
type AuthMethod string

// The methods of [Auth], each of which is a value of auth= in a config string.
const (
	// AuthToken sends a token that another program looks after. It is the default.
	// The token is neither renewed nor revoked: its owner does that.
	AuthToken AuthMethod = "token"
	// AuthNone sends no token: a Vault Agent or Vault Proxy with auto-auth adds its
	// own. See use_auto_auth_token on
	// https://developer.hashicorp.com/vault/docs/agent-and-proxy/agent/apiproxy.
	AuthNone AuthMethod = "none"
	// AuthAppRole logs in with a role id and a secret id. A role with
	// bind_secret_id=false needs no secret id. See
	// https://developer.hashicorp.com/vault/api-docs/auth/approle.
	AuthAppRole AuthMethod = "approle"
	// AuthKubernetes logs in with the token of a service account. See
	// https://developer.hashicorp.com/vault/docs/auth/kubernetes.
	AuthKubernetes AuthMethod = "kubernetes"
	// AuthJWT logs in with a JSON Web Token (RFC 7519). See
	// https://developer.hashicorp.com/vault/docs/auth/jwt.
	AuthJWT AuthMethod = "jwt"
	// AuthUserpass logs in with a name and a password. LDAP's login has the same
	// form: set Mount to the path where LDAP is mounted. See
	// https://developer.hashicorp.com/vault/api-docs/auth/userpass.
	AuthUserpass AuthMethod = "userpass"
	// AuthCert logs in with the client's certificate. The certificate is the
	// credential, so the method takes no other. See
	// https://developer.hashicorp.com/vault/api-docs/auth/cert.
	AuthCert AuthMethod = "cert"
)

// Auth says how to log in, and with which credential.
type Auth struct {
	// Method is one of the Auth constants. Empty means AuthToken.
	Method AuthMethod
	// Mount is the path below auth/ at which the method is mounted. Empty means the
	// method's own name. AuthToken and AuthNone do not log in, so they take no
	// Mount.
	Mount string
	// Namespace is the namespace in which the method is mounted. Nil means
	// Options.Namespace; a pointer to "" means the root namespace. The two
	// namespaces differ if a parent namespace has the logins and each team has its
	// secrets in a child.
	Namespace *string
	// Role is required by AuthKubernetes. It is optional for AuthCert. It is
	// optional for AuthJWT too, because the server may have a default.
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
// looked up anew for each login, and for AuthToken before each call, because other
// programs replace tokens and ids while this one runs. A line break at the end is
// removed from a password: editors and "echo" add one. White space at both ends is
// removed from tokens, ids and JWTs, which never have any.
type Credential struct {
	// Env is the name of an environment variable, and not the credential itself.
	Env string
	// File is the path of a regular file of at most 64 KiB. The bound keeps a wrong
	// path, such as the one of a log, from filling the memory.
	File string
	// Func returns the credential. It must be safe for concurrent use, because
	// token lookups run in the readers. Its error is not shown, because it may
	// quote the credential.
	Func func(ctx context.Context) (string, error)
}

// sources counts the places that are set. More than one is a mistake: the provider
// would have to choose, and a forgotten variable could win over the file that the
// operator has just written.
func (c Credential) sources() int {
	n := 0
	for _, set := range []bool{c.Env != "", c.File != "", c.Func != nil} {
		if set {
			n++
		}
	}
	return n
}

// method is the Method with its default. Checks run before withDefaults, so they
// can't read the field itself.
func (a Auth) method() AuthMethod {
	if a.Method == "" {
		return AuthToken
	}
	return a.Method
}

// withDefaults fills in what a method means by default. It gives a credential only to AuthToken
// and AuthKubernetes, because these have one well-known place each. All others would have to
// guess, and a guessed place could send a credential that belongs to another service.
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
