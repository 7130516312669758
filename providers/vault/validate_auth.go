package vault

import (
	"errors"
	"slices"
	"strings"
)

// check wants what the method needs and nothing else, as a parameter without an
// effect hides a mistake.
func (a Auth) check(hasCert bool) error {
	if a.Method == "" {
		a.Method = AuthToken
	}
	return errors.Join(
		mistakeIf(a.Credential.sources() > 1, "the credential has several sources", "give one of the environment and a file"),
		mistakeIf(a.Mount != "" && !cleanPath(a.Mount), "the mount of the login is malformed", "write auth_mount=approle, without auth/ before it"),
		mistakeIf(a.Mount != "" && a.Method == AuthToken, "a token has no login to mount", "leave out auth_mount=, or say auth="),
		mistakeIf(!printable(deref(a.Namespace)), "the namespace of the login is malformed", "write a namespace such as team/eu"),
		a.belongs("role", a.Role, AuthKubernetes, AuthJWT, AuthCert),
		a.belongs("role_id", a.RoleID, AuthAppRole),
		a.belongs("username", a.Username, AuthUserpass),
		a.needs(hasCert),
	)
}

func (a Auth) belongs(what, value string, methods ...string) error {
	if value == "" {
		return nil
	}
	return errors.Join(
		mistakeIf(!slices.Contains(methods, a.Method), what+" does not belong to this method", "it is for auth="+strings.Join(methods, ", ")),
		mistakeIf(!printable(value), what+" has a control character or is not UTF-8", ""),
	)
}

func (a Auth) needs(hasCert bool) error {
	none := a.Credential.sources() == 0
	switch a.Method {
	case AuthToken:
		return nil
	case AuthAppRole:
		return mistakeIf(a.RoleID == "" || none, "approle lacks a role_id or a secret_id", "give role_id= and secret_id_file= or secret_id_env=")
	case AuthKubernetes:
		return mistakeIf(a.Role == "", "kubernetes lacks a role", "give role=")
	case AuthJWT:
		return mistakeIf(a.Role == "" || none, "jwt lacks a role or a token", "give role= and jwt_file= or jwt_env=")
	case AuthUserpass:
		return mistakeIf(!cleanPath(a.Username) || strings.Contains(a.Username, "/") || none,
			"userpass lacks a username or a password", "give username= and password_file= or password_env=")
	case AuthCert:
		return mistakeIf(!hasCert || !none, "cert lacks a certificate, or has a credential besides", "give cert_file= and key_file=")
	}
	return mistake("the login method is unknown", "it is token, approle, kubernetes, jwt, userpass or cert")
}
