package azure

import (
	"regexp"
	"strings"

	"github.com/secretmux/secretmux"
)

const maxKey = 127

// copied finds what comes after the host of a secret's address: secrets/NAME, and the
// version with its 32 digits.
var copied = regexp.MustCompile(`^secrets/[^/]+(/[0-9a-f]{32})?$|/[0-9a-f]{32}$`)

// mapping turns names into the names that Key Vault can hold, and back.
type mapping struct{ prefix, separator string }

func separators() []string { return []string{"-", "--", "---"} }

// key returns Key Vault's name for name. Its errors never quote name, because it may
// be a value in the wrong place.
//
// Two names never have the same key. If a segment could start or end with "-",
// a-/b and a/-b would have one key; a name that contains the separator would do
// the same.
func (m mapping) key(name string) (string, error) {
	if err := secretmux.ValidateName(name); err != nil {
		return "", err
	}
	if m.separator == "" && copied.MatchString(name) {
		return "", secretmux.Invalid("get", "the name has the path of an address of Key Vault in it",
			"write only the name of the secret, without secrets/, and ?version=V for a version")
	}
	key := name
	if m.separator != "" {
		if strings.Contains(name, m.separator) {
			return "", badName("the name contains the separator of sep=")
		}
		for segment := range strings.SplitSeq(name, "/") {
			if strings.Contains(name, "/") && (segment[0] == '-' || segment[len(segment)-1] == '-') {
				return "", badName("a segment of the name starts or ends with -, like sep=")
			}
		}
		key = strings.ReplaceAll(name, "/", m.separator)
	}
	key = m.prefix + key
	switch {
	case strings.Contains(key, "/"):
		return "", badName("a name of Key Vault can't have a /; with sep=-- each / becomes --")
	case !keyText(key):
		return "", badName("a name of Key Vault has only letters, digits and -")
	case len(key) > maxKey:
		return "", badName("a name of Key Vault has at most 127 characters, with the prefix")
	}
	return key, nil
}

// name returns the name whose key is key. ok is false if no name has that key. The
// prefix may differ in case, like keys.
func (m mapping) name(key string) (name string, ok bool) {
	if len(key) <= len(m.prefix) || !strings.EqualFold(key[:len(m.prefix)], m.prefix) {
		return "", false
	}
	name = key[len(m.prefix):]
	if m.separator != "" {
		name = strings.ReplaceAll(name, m.separator, "/")
	}
	again, err := m.key(name)
	return name, err == nil && strings.EqualFold(again, key)
}

// fold returns one spelling for all keys of a secret.
func fold(key string) string { return strings.ToLower(key) }

func keyText(s string) bool {
	return strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-") == ""
}

func badName(problem string) error {
	return secretmux.Invalid("get", problem, "use a name such as db-password; see prefix= and sep=")
}
