package env

import "strings"

// Name returns the variable that holds the secret called name: prefix as it is,
// then name with ASCII letters in upper case and every other character but a
// digit as one underscore. When the result starts with a digit, which no shell
// can set, an underscore goes in front. Name("APP_", "db/password") is
// APP_DB_PASSWORD.
//
// Many names have the same variable; see the package comment for what a
// [Provider] does about it. Name accepts any strings and checks neither.
func Name(prefix, name string) string {
	variable := prefix + strings.Map(variableRune, name)
	if variable != "" && variable[0] >= '0' && variable[0] <= '9' {
		return "_" + variable
	}
	return variable
}

// variableRune stays in ASCII on purpose: Unicode's upper case would turn two
// unlike letters (a dotless i, a long s) into I and S.
func variableRune(r rune) rune {
	switch {
	case r >= 'a' && r <= 'z':
		return r - 'a' + 'A'
	case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
		return r
	}
	return '_'
}

func validPrefix(prefix string) bool {
	for i, r := range prefix {
		letter := r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '_'
		if !letter && (i == 0 || r < '0' || r > '9') {
			return false
		}
	}
	return true
}
