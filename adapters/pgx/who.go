package pgxsecret

import (
	"net/url"
	"strings"
)

// saysWho reports whether a DSN has a user and a password itself.
func saysWho(text string) bool {
	if strings.HasPrefix(text, "postgres://") || strings.HasPrefix(text, "postgresql://") {
		u, err := url.Parse(text)
		if err != nil {
			return false
		}
		_, has := u.User.Password()
		query, err := url.ParseQuery(u.RawQuery)
		return err == nil && (has || query.Has("password")) && (u.User.Username() != "" || query.Has("user"))
	}
	return hasKey(text, "user") && hasKey(text, "password")
}

// hasKey reports whether a DSN of keywords and values has key: at its start or after a
// space, with spaces before the equals sign allowed.
func hasKey(text, key string) bool {
	for rest := text; ; {
		i := strings.Index(rest, key)
		if i < 0 {
			return false
		}
		start := i == 0 || strings.ContainsRune(" \t\r\n", rune(rest[i-1]))
		rest = rest[i+len(key):]
		if start && strings.HasPrefix(strings.TrimLeft(rest, " \t\r\n"), "=") {
			return true
		}
	}
}
