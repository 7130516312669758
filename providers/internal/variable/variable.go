// Package variable maps names of secrets to environment variables and back. The
// providers env and dotenv use it for their keys.
package variable

import (
	"strings"

	"github.com/secretmux/secretmux"
)

// Name returns the variable of a secret's name: prefix, unchanged, and then name with
// ASCII letters in upper case and every other character, except a digit, as one
// underscore. When the result starts with a digit, which no shell can set, an
// underscore goes in front.
func Name(prefix, name string) string {
	variable := prefix + strings.Map(character, name)
	if variable != "" && variable[0] >= '0' && variable[0] <= '9' {
		return "_" + variable
	}
	return variable
}

// character stays in ASCII on purpose: Unicode's upper case would turn two
// unlike letters (a dotless i, a long s) into I and S.
func character(r rune) rune {
	switch {
	case r >= 'a' && r <= 'z':
		return r - 'a' + 'A'
	case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
		return r
	}
	return '_'
}

// Secret is the reverse of [Name], as far as there is one. It returns a name that
// starts with start and for which Name(prefix, name) gives variable. The rest of the
// name is in lower case. It reports false if no name does, or if
// [secretmux.ValidateName] refuses it.
func Secret(prefix, variable, start string) (name string, ok bool) {
	rest, ok := strings.CutPrefix(variable, Name(prefix, start))
	if !ok {
		return "", false
	}
	name = start + strings.ToLower(rest)
	return name, Name(prefix, name) == variable && secretmux.ValidateName(name) == nil
}

// CheckPrefix refuses a prefix with which no variable's name can start.
func CheckPrefix(prefix string) error {
	for i, r := range prefix {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '_'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return secretmux.Invalid("open", "the prefix can't be the start of a variable's name",
				"write letters, digits and _ without a digit at the start, as in APP_")
		}
	}
	return nil
}
