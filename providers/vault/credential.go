package vault

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// The faults of a credential. Each text completes a sentence that begins with the place of the
// credential, as in "VAULT_TOKEN is unset or empty". The texts say nothing about the credential
// itself, not even its length.
var (
	errUnset  = errors.New("is unset or empty")
	errNoText = errors.New("does not hold one word of printable text")
	errFunc   = errors.New("failed")
)

// credential looks up the credential of the login. It is empty if none is
// configured and the method needs none.
//
// It checks the form before the credential is sent. A file with an error page in
// it, or with two tokens, would otherwise count as a wrong login at the server, and
// servers lock accounts after a few of those
// (https://developer.hashicorp.com/vault/docs/concepts/user-lockout).
func (o Options) credential(ctx context.Context) (string, error) {
	c := o.Auth.Credential
	m, _ := methodOf(o.Auth.Method)
	if c.sources() == 0 {
		return "", nil // check made sure that the method allows this
	}
	value, err := o.lookUp(ctx)
	// A password may contain white space, so only the line break that an editor
	// adds is removed. A token, an id or a JWT is one word.
	if m.credential == "password" {
		value = withoutLineBreak(value)
	} else {
		value = strings.TrimSpace(value)
	}
	switch {
	// The end of the caller's context comes before any fault of the lookup: a Func that obeys
	// its context fails because of that end, which says nothing about the credential.
	case ctx.Err() != nil:
		return "", ctx.Err()
	case err != nil:
	case value == "":
		err = errUnset
	// A password must be UTF-8: encoding/json would replace other bytes, and a password that is
	// not the user's would be sent.
	case m.credential != "password" && !isToken(value), !utf8.ValidString(value):
		err = errNoText
	}
	if err != nil {
		return "", o.Auth.missing(m, err)
	}
	return value, nil
}

// lookUp reads the one source that is set. An unset variable and an empty one are
// the same here, because an empty credential can't be sent.
func (o Options) lookUp(ctx context.Context) (string, error) {
	switch c := o.Auth.Credential; {
	case c.Func != nil:
		value, err := c.Func(ctx)
		if err != nil {
			err = errFunc // the cause may quote the credential
		}
		return value, err
	case c.File != "":
		data, err := readFile(c.File, maxCredential)
		return string(data), err
	default:
		value, _ := o.LookupEnv(c.Env)
		return value, nil
	}
}

// missing is the error that says where a credential was looked for, and what to do. A place from
// the configuration is named by its parameter, because the credential itself may have been
// written there by mistake. The default places are named in full: their names are constants of
// this package.
func (a Auth) missing(m method, err error) error {
	found := &credentialError{where: "Credential.Func", cause: err, hint: "see Options.Auth"}
	switch c := a.Credential; {
	case c.Func != nil:
	case c.Env == tokenVariable && m.name == AuthToken:
		found.where = tokenVariable
		found.hint = "set it, give token_file= or token_env=, or log in with auth=; the file .vault-token of the home directory is not read unless token_file= has its absolute path"
	case c.File == serviceAccount && m.name == AuthKubernetes:
		found.where = serviceAccount
		found.hint = "in a pod this file holds the token of its service account; outside of Kubernetes give jwt_file= or another auth="
	case c.File != "":
		found.where, found.hint = "the file of "+m.credential+"_file=", "put the credential there"
	default:
		found.where, found.hint = "the variable of "+m.credential+"_env=", "put the credential there"
	}
	return found
}

// credentialError says that a credential is missing or can't be used. It has a type
// of its own, because its hint depends on the method and on the place, which a row
// of the table can't know.
type credentialError struct {
	where, hint string
	cause       error
}

// Error is a sentence: the place, and the fault of the credential in it.
func (e *credentialError) Error() string { return fmt.Sprintf("%s %v", e.where, e.cause) }
func (e *credentialError) Unwrap() error { return e.cause }

// isToken reports whether s can be sent in a header. net/http would refuse other
// text too, but its error would not say which credential to mend, and it would look
// like a lost connection.
func isToken(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}

// withoutLineBreak removes one line break and no more: a password that ends in two line breaks
// is meant to keep one.
func withoutLineBreak(s string) string {
	if rest, ok := strings.CutSuffix(s, "\r\n"); ok {
		return rest
	}
	return strings.TrimSuffix(s, "\n")
}
