package pgxsecret

import (
	"errors"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/secretmux/secretmux"
)

// Apply writes one value of the secret into the config of one connection. It is called
// with each new value, and for each connection. It must not change anything that cc
// points to. The text of its error is left out, because it may quote the value. A
// *[secretmux.Error] is kept.
type Apply func(cc *pgx.ConnConfig, s secretmux.Secret) error

// credential is the Apply for a document and for a DSN.
func credential(cc *pgx.ConnConfig, s secretmux.Secret) error {
	if isDocument(s) {
		return document(cc, s)
	}
	parsed, err := parse(s)
	if err != nil {
		return err
	}
	cc.User, cc.Password = parsed.User, parsed.Password
	cc.Host, cc.Port, cc.Database = parsed.Host, parsed.Port, parsed.Database
	cc.TLSConfig, cc.Fallbacks = parsed.TLSConfig, parsed.Fallbacks
	return nil
}

func isDocument(s secretmux.Secret) bool {
	return strings.HasPrefix(strings.TrimLeft(s.Reveal(), " \t\r\n"), "{")
}

// document reads the fields for the user and the password.
func document(cc *pgx.ConnConfig, s secretmux.Secret) error {
	user, err := s.Field("username")
	if errors.Is(err, secretmux.ErrFieldNotFound) {
		user, err = s.Field("user")
	}
	if errors.Is(err, secretmux.ErrFieldNotFound) {
		return secretmux.Invalid("use", "the document has no field username", "write {\"username\": ..., \"password\": ...}")
	}
	if err != nil {
		return err
	}
	password, err := s.Field("password")
	if err != nil {
		return err
	}
	if user.Reveal() == "" || password.Reveal() == "" {
		return secretmux.Invalid("use", "the username or the password is empty", "write {\"username\": ..., \"password\": ...}")
	}
	cc.User, cc.Password = user.Reveal(), password.Reveal()
	return nil
}

// dsn is the value without the newline at the end of a file.
func dsn(s secretmux.Secret) string { return strings.TrimRight(s.Reveal(), "\r\n") }

// nobody is used as the user of a DSN that has none, because for an empty user pgx asks
// the system.
const nobody = "no user in this value"

// parse reads a DSN. If it has no user, password or host, pgx takes them from the
// environment and from files. Such a DSN is refused, because it is incomplete.
func parse(s secretmux.Secret) (*pgx.ConnConfig, error) {
	text := dsn(s)
	bare := secretmux.Invalid("use", "the value is neither a DSN with a user and a password, nor a JSON document",
		"write postgres://user:password@host/db or {\"username\": ..., \"password\": ...}; if the secret is only a password, call NewPoolFunc")
	switch {
	case !isURL(text): // pgx uses the last value of a keyword, so these count if the value has none
		text = "user='" + nobody + "' password='' passfile='' " + text
	case !saysWho(text):
		return nil, bare
	}
	parsed, err := pgx.ParseConfig(text)
	if err != nil || parsed.User == nobody || parsed.User == "" || parsed.Password == "" {
		return nil, bare // without the cause, which may quote the password
	}
	return parsed, nil
}
