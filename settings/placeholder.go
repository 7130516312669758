package settings

import (
	"encoding/json"
	"strings"

	"github.com/secretmux/secretmux"
)

// suspect says why the value of l looks like a placeholder. It is empty if the value
// does not. In a document it looks at each text.
func (l *leaf) suspect(value secretmux.Secret) string {
	if l.placeholder {
		return ""
	}
	if l.how != asJSON || l.encoding != encodingJSON && l.encoding != "" {
		return placeholder(value.Reveal())
	}
	decoder := json.NewDecoder(strings.NewReader(value.Reveal()))
	for {
		token, err := decoder.Token()
		if err != nil {
			return "" // the end, or not JSON, which decoding reports
		}
		if text, ok := token.(string); ok {
			if what := placeholder(text); what != "" {
				return what
			}
		}
	}
}

// These bound the text that is checked, because the text of a template is short. The
// first is for all placeholders, the second for the words of a request.
const (
	longestPlaceholder = 256
	longestTemplate    = 64
)

// placeholder says what kind of placeholder text is, without quoting it.
func placeholder(text string) string {
	text = strings.TrimSpace(text)
	if len(text) < 3 || len(text) > longestPlaceholder {
		return ""
	}
	if unresolved(text) {
		return "it is a reference that was not resolved"
	}
	switch text[0] {
	case '<':
		if text[len(text)-1] == '>' && !strings.ContainsAny(text[1:], "</&=;") {
			return "it is in angle brackets"
		}
	case '%':
		if strings.HasPrefix(text, "%!") {
			return "it is the output of a wrong format verb"
		}
	}
	if masked(text) {
		return "it is masked"
	}
	if template(text) {
		return "it is the text of a template"
	}
	return ""
}

// unresolved reports whether text is a reference that a tool replaces with a
// secret before a program starts, or a variable in the syntax of a template.
func unresolved(text string) bool {
	if !strings.ContainsAny(text, ":+@{(") {
		return false
	}
	for _, prefix := range [...]string{
		"vault:", "op://", "ref+", "aws-sm:", "aws-ps:", "awssm://", "awsps://", "aws+sm:", "ssm://", "secretsmanager://",
		"gcp-sm:", "gcpsm://", "gcpsecretmanager://", "azure-kv:", "akv://", "azurekeyvault://", "bws://", "doppler://",
		"infisical://", "akeyless:", "keyring://", "@microsoft.keyvault(", "{{resolve:",
	} {
		if len(text) >= len(prefix) && strings.EqualFold(text[:len(prefix)], prefix) {
			return true
		}
	}
	between := func(open, closing string) bool {
		return strings.HasPrefix(text, open) && strings.HasSuffix(text, closing)
	}
	return between("${", "}") || between("$(", ")") || between("{{", "}}") || between("((", "))")
}

// masked reports whether text is a mask that a log shows in place of a secret.
func masked(text string) bool {
	switch strings.ToLower(text) {
	case "[redacted]", "(redacted)", "redacted", "[masked]", "[hidden]", "[filtered]", "(sensitive value)":
		return true
	}
	first := text[0]
	return (first == '*' || first == 'x' || first == 'X') && strings.Trim(text, string(first)) == ""
}

// template reports whether text asks its reader to replace it.
func template(text string) bool {
	var letters [longestTemplate]byte // the text without the characters between its words
	n := 0
	for i := range len(text) {
		switch c := text[i]; {
		case c == '_' || c == '-' || c == ' ' || c == '.':
			continue
		case n == len(letters):
			return false
		case 'A' <= c && c <= 'Z':
			letters[n] = c + 'a' - 'A'
		default:
			letters[n] = c
		}
		n++
	}
	return asksFor(string(letters[:n]))
}

// asksFor reports whether word, in small letters, asks for that.
func asksFor(word string) bool {
	switch word {
	case "changeme", "changethis", "changeit", "replaceme", "replacethis", "fixme", "todo", "tbd", "fillme", "fillmein",
		"placeholder", "undefined", "[objectobject]", "yourkey", "yourapikey", "yourpassword", "yoursecret", "yourtoken":
		return true
	}
	if !strings.HasSuffix(word, "here") || strings.HasSuffix(word, "there") || strings.HasSuffix(word, "where") {
		return false
	}
	for _, prefix := range [...]string{"your", "my", "insert", "enter", "put", "paste", "add", "set"} {
		if strings.HasPrefix(word, prefix) {
			return true
		}
	}
	return false
}
