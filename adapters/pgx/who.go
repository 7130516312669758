package pgxsecret

import (
	"cmp"
	"net/url"
	"strings"
)

// saysWho reports whether a DSN has a user and a password itself.
func saysWho(text string) bool {
	if !isURL(text) {
		return hasKey(text, "user") && hasKey(text, "password")
	}
	u, err := url.Parse(text)
	if err != nil {
		return false
	}
	query, err := url.ParseQuery(u.RawQuery)
	if err != nil {
		return false
	}
	password, _ := u.User.Password()
	return cmp.Or(password, query.Get("password")) != "" && cmp.Or(u.User.Username(), query.Get("user")) != ""
}

func isURL(text string) bool {
	return strings.HasPrefix(text, "postgres://") || strings.HasPrefix(text, "postgresql://")
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
