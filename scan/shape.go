package scan

import (
	"encoding/pem"
	"net/url"
	"strings"
	"unicode/utf8"
)

// A scan must not report ordinary settings: the value of REGION is in a hundred
// files that leak nothing. Entropy is the wrong measure, because it takes a host
// name for a secret and misses a short hexadecimal key. These rules look at the
// shape of a value instead.
const (
	tooShort     = "it is shorter than 8 bytes"
	placeholder  = "it is a placeholder"
	publicPEM    = "it is a certificate or a public key"
	likeASetting = "it looks like a setting"
)

// why returns why text must not be searched for, or "" if it must be. The reason
// quotes nothing of text.
func why(text string) string {
	trimmed := strings.TrimSpace(text)
	switch {
	case len(trimmed) < MinLength:
		return tooShort
	case isPlaceholder(trimmed):
		return placeholder
	case isPublicPEM(trimmed):
		return publicPEM
	case isSetting(trimmed):
		return likeASetting
	}
	return ""
}

func isSetting(text string) bool {
	return isNumeric(text) || isWords(text) || isHost(text) || isEmail(text) || isPlainURL(text)
}

// isNumeric returns true for numbers, dates, times, addresses and versions.
func isNumeric(text string) bool {
	digits := 0
	for _, c := range []byte(strings.TrimPrefix(text, "v")) {
		switch {
		case '0' <= c && c <= '9':
			digits++
		case !strings.ContainsRune(".,:/+-_ TZ", rune(c)):
			return false
		}
	}
	return digits > 0
}

// isWords returns true for words of one case that are joined by the usual signs. A
// text of 24 bytes or more without a dot or a slash is taken for a passphrase.
func isWords(text string) bool {
	const passphrase = 24
	if len(text) >= passphrase && !strings.ContainsAny(text, "./") {
		return false
	}
	return isPhrase(text)
}

// isPhrase returns true for any number of words of one case.
func isPhrase(text string) bool {
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune("-_./:, ", r) }) {
		if !isWord(word) {
			return false
		}
	}
	return true
}

// isWord returns true for letters of one case that may begin with a capital and end
// with one or two digits. It also returns true for digits only, and for a text as
// short as k8s.
func isWord(word string) bool {
	const short = 3
	letters := strings.TrimRight(word, "0123456789")
	if letters == "" {
		return true
	}
	if len(word) <= short {
		return !strings.ContainsFunc(word, func(r rune) bool { return !isAlphanumeric(r) })
	}
	if strings.ContainsFunc(letters, func(r rune) bool { return !isAlphanumeric(r) || '0' <= r && r <= '9' }) {
		return false
	}
	return len(word)-len(letters) <= 2 &&
		(letters == strings.ToUpper(letters) || letters[1:] == strings.ToLower(letters[1:]))
}

// isHost returns true for host names that have a dot. A port may follow.
func isHost(text string) bool {
	host, port, _ := strings.Cut(text, ":")
	if port != "" && !isNumeric(port) {
		return false
	}
	labels := strings.Split(host, ".")
	if len(labels) < 2 {
		return false
	}
	for _, label := range labels {
		if label == "" || strings.ContainsFunc(label, func(r rune) bool { return r != '-' && !isAlphanumeric(r) }) {
			return false
		}
	}
	top := labels[len(labels)-1]
	return len(top) >= 2 && !strings.ContainsFunc(top, func(r rune) bool { return '0' <= r && r <= '9' || r == '-' })
}

func isAlphanumeric(r rune) bool {
	return 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9'
}

func isEmail(text string) bool {
	local, host, ok := strings.Cut(text, "@")
	return ok && isHost(host) && local != "" && !strings.ContainsAny(local, ":/ ")
}

// isPlainURL returns true for a URL without a password, unless another part looks
// like a secret. The last part of a webhook's URL does.
func isPlainURL(text string) bool {
	u, err := url.Parse(text)
	if err != nil || u.Scheme == "" || u.Host == "" || u.User != nil {
		return false
	}
	rest := u.Path + "&" + u.RawQuery + "&" + u.Fragment
	for part := range strings.FieldsFuncSeq(rest, func(r rune) bool { return strings.ContainsRune("/&=;", r) }) {
		if len(part) >= MinLength && !isWords(part) && !isNumeric(part) && !isHost(part) {
			return false
		}
	}
	return true
}

// isPublicPEM returns true for PEM blocks that are not secret.
func isPublicPEM(text string) bool {
	rest := []byte(text)
	for n := 0; ; n++ {
		block, more := pem.Decode(rest)
		if block == nil {
			return n > 0 && strings.TrimSpace(string(rest)) == ""
		}
		if block.Type != "CERTIFICATE" && block.Type != "CERTIFICATE REQUEST" && !strings.HasSuffix(block.Type, "PUBLIC KEY") &&
			!strings.HasSuffix(block.Type, "PARAMETERS") {
			return false
		}
		rest = more
	}
}

// isPlaceholder returns true for a text that a template or a tool puts in place of
// a secret.
func isPlaceholder(text string) bool {
	between := func(open, closing string) bool {
		return strings.HasPrefix(text, open) && strings.HasSuffix(text, closing)
	}
	if between("<", ">") || between("${", "}") || between("$(", ")") || between("{{", "}}") || between("((", "))") {
		return true
	}
	if first, _ := utf8.DecodeRuneInString(text); strings.Trim(text, string(first)) == "" {
		return true // ********, xxxxxxxx
	}
	letters := strings.ToLower(strings.NewReplacer("-", "", "_", "", " ", "", ".", "", "[", "", "]", "", "(", "", ")", "").Replace(text))
	switch letters {
	case "changeme", "changethis", "replaceme", "replacethis", "placeholder", "undefined", "redacted", "filtered", "sensitivevalue":
		return true
	}
	return strings.HasPrefix(letters, "your") && strings.HasSuffix(letters, "here")
}

// strong reports whether nobody can guess text from its digest, even with the key.
// The digest of any other text must not be committed.
func strong(text string) bool {
	if len(text) < 16 || why(text) != "" {
		return false
	}
	var seen [256]bool
	distinct, digits, letters, others := 0, 0, 0, 0
	for _, c := range []byte(text) {
		switch {
		case '0' <= c && c <= '9':
			digits = 1
		case isAlphanumeric(rune(c)):
			letters = 1
		default:
			others = 1
		}
		if !seen[c] {
			seen[c], distinct = true, distinct+1
		}
	}
	return distinct >= 8 && digits+letters+others >= 2 && !isPhrase(text)
}
