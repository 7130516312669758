package settings

import (
	"strings"
	"unicode"
)

// initialisms are words that can't be found by their capitals: the small letters of some
// names would begin new words, and the variables of those are one word all the same, as
// GITHUB_TOKEN is. A plural is told from the capitals before it. Longer ones come first.
var initialisms = []string{ //nolint:gochecknoglobals // a constant list
	"CockroachDB", "PostgreSQL", "ClickHouse", "OpenSearch", "RabbitMQ", "ActiveMQ", "DynamoDB", "InfluxDB", "LinkedIn", "PagerDuty",
	"BigQuery", "SendGrid", "MariaDB", "MongoDB", "CouchDB", "HubSpot", "YouTube", "GraphQL", "GitHub", "GitLab", "OpenAI", "PayPal",
	"OAuth2", "MySQL", "NoSQL", "OAuth", "IPv4", "IPv6", "CIDRs", "UUIDs", "ACLs", "APIs", "ARNs", "CPUs", "DNSs", "DSNs", "GPUs", "JWKs", "JWTs",
	"SQLs", "TTLs", "UIDs", "URIs", "URLs", "VMs", "CAs", "DBs", "IDs", "IPs",
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
// is api_key_v2. A run of capitals is one word, and its last letter belongs to
// the next word where a small letter follows, unless that ends the word: CIDRs, IPv4.
func snake(name string) string {
	runes := []rune(wordsOf(name))
	var b strings.Builder
	for i, r := range runes {
		if i > 0 && unicode.IsUpper(r) && runes[i-1] != '_' {
			after := i+1 < len(runes) && unicode.IsLower(runes[i+1]) && !endsRun(runes, i)
			if !unicode.IsUpper(runes[i-1]) || after {
				b.WriteByte('_')
			}
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// endsRun reports whether the small letter after the capital at i belongs to the run of
// capitals that ends there: the s of a plural, or the v of a version.
func endsRun(runes []rune, i int) bool {
	if i == 0 || !unicode.IsUpper(runes[i-1]) {
		return false
	}
	var next rune // after the small letter
	if i+2 < len(runes) {
		next = runes[i+2]
	}
	switch runes[i+1] {
	case 'v':
		return unicode.IsDigit(next)
	case 's':
		another := i > 1 && unicode.IsUpper(runes[i-2]) && strings.ContainsRune("AIU", runes[i]) && unicode.IsUpper(next) // TLSAsDefault
		return !unicode.IsLower(next) && !another
	}
	return false
}
