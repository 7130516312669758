package scan

import (
	"encoding/pem"
	"net/url"
	"strings"
	"unicode/utf8"
)

// A scan wants precision: the value of REGION is in a hundred files that leak
// nothing. Entropy is the wrong measure, as it takes a host name for a secret and
// a short hexadecimal key for none. These rules look at the shape.
const (
	tooShort     = "it is shorter than 8 bytes"
	placeholder  = "it is a placeholder"
	publicPEM    = "it is a certificate or a public key"
	likeASetting = "it looks like a setting"
)

// why says why text is not worth a search, or nothing. It quotes nothing of it.
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

// isNumeric is true of numbers, dates, times, addresses and versions.
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

// isWords is true of words of one case that are joined by the usual signs. One of
// 24 bytes or more without a dot or a slash is a passphrase.
func isWords(text string) bool {
	const passphrase = 24
	if len(text) >= passphrase && !strings.ContainsAny(text, "./") {
		return false
	}
	return isPhrase(text)
}

// isPhrase is true of words of one case, however many.
func isPhrase(text string) bool {
	for word := range strings.FieldsFuncSeq(text, func(r rune) bool { return strings.ContainsRune("-_./:, ", r) }) {
		if !isWord(word) {
			return false
		}
	}
	return true
}

// isWord is true of letters of one case, with a capital or without, that one or
// two digits follow; of nothing but digits; and of what is as short as k8s.
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

// isHost is true of host names with a dot, with a port or without.
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

// isPlainURL is true of a URL without a password of which no other part looks
// like a secret, as the last part of a webhook's does.
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

// isPublicPEM is true of PEM blocks that are made to be shown.
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

// isPlaceholder is true of what a template or a tool puts where a secret should
// be.
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

// strong reports whether nobody can guess text back from its digest when they
// have the key. A keyed digest of anything else must not be committed.
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
