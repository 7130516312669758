package pgxsecret

import (
	"net/url"
	"strings"
)

// saysWho reports whether a DSN in the form of a URL has a user and a password itself.
// pgx prefers the user in the query to the user in front of the host, even if it is
// empty.
func saysWho(text string) bool {
	u, err := url.Parse(text)
	if err != nil {
		return false
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return false
	}
	user := u.User.Username()
	password, _ := u.User.Password()
	if query.Has("user") {
		user = query.Get("user")
	}
	if query.Has("password") {
		password = query.Get("password")
	}
	return user != "" && password != ""
}

func isURL(text string) bool {
	return strings.HasPrefix(text, "postgres://") || strings.HasPrefix(text, "postgresql://")
}
