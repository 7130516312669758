package settings

import (
	"strings"
	"unicode"
)

// snake derives a secret's name from a Go name: DBPassword is db_password, APIKeyV2
// is api_key_v2. A run of capitals is one word, and its last letter belongs to
// the next word where a small letter follows.
func snake(name string) string {
	runes := []rune(name)
	var b strings.Builder
	for i, r := range runes {
		if i > 0 && unicode.IsUpper(r) && runes[i-1] != '_' {
			after := i+1 < len(runes) && unicode.IsLower(runes[i+1])
			if !unicode.IsUpper(runes[i-1]) || after {
				b.WriteByte('_')
			}
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
