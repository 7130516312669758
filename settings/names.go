package settings

import (
	"strings"
	"unicode"
)

// initialisms are words whose ends their capitals don't show: the s of a plural and
// the small letters of some names would begin new words. Longer ones come first.
var initialisms = []string{ //nolint:gochecknoglobals // a constant list
	"OAuth2", "OAuth", "GraphQL", "MySQL", "NoSQL", "IPv4", "IPv6", "APIs", "CPUs", "DNSs", "GPUs", "IDs", "IPs", "JWTs", "SQLs", "TTLs", "UIDs",
	"URIs", "URLs", "UUIDs", "VMs",
}

// wordsOf writes initialisms as one word: DBURLs becomes DBUrls.
func wordsOf(name string) string {
	for _, word := range initialisms {
		for from := 0; ; {
			i := strings.Index(name[from:], word)
			if i < 0 {
				break
			}
			from += i + len(word)
			if from < len(name) && unicode.IsLower(rune(name[from])) {
				continue // the word continues, as in URLsafe
			}
			name = name[:from-len(word)] + word[:1] + strings.ToLower(word[1:]) + name[from:]
		}
	}
	return name
}

// snake derives a secret's name from a Go name: DBPassword is db_password, APIKeyV2
// is api_key_v2. A run of capitals is one word, and its last letter belongs to the
// next word if a small letter follows.
func snake(name string) string {
	runes := []rune(wordsOf(name))
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
