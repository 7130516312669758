package vault

import (
	"context"
	"errors"
	"strings"
	"unicode/utf8"
)

var (
	errUnset  = errors.New("it is unset or empty")
	errNoText = errors.New("it holds no single word of printable text")
	errFunc   = errors.New("Credential.Func failed")
)

// credential looks up the one credential of the login; what says which that is:
// token, secret_id, jwt or password.
func (o Options) credential(ctx context.Context, what string) (string, error) {
	c := o.Auth.Credential
	value, param, err := "", what, error(nil)
	switch {
	case c.Func != nil:
		if value, err = c.Func(ctx); err != nil {
			if ctx.Err() != nil {
				return "", ctx.Err()
			}
			err = errFunc // the cause may quote the credential
		}
	case c.File != "":
		param += "_file"
		var data []byte
		data, err = readFile(c.File, maxCredential)
		value = string(data)
	default:
		param += "_env"
		value, _ = o.LookupEnv(c.Env)
	}
	if what == "password" {
		value = withoutLineBreak(value)
	} else {
		value = strings.TrimSpace(value)
	}
	switch {
	case err != nil:
	case value == "":
		err = errUnset
	case what != "password" && !isToken(value), !utf8.ValidString(value):
		err = errNoText
	}
	if err != nil {
		return "", &fileError{param: param, cause: err}
	}
	return value, nil
}

// isToken reports whether s can stand in a header, as a token does.
func isToken(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r > '~' })
}

func withoutLineBreak(s string) string {
	if rest, ok := strings.CutSuffix(s, "\r\n"); ok {
		return rest
	}
	return strings.TrimSuffix(s, "\n")
}
