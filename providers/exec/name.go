package exec

import (
	"strings"
	"unicode"
)

// harmless reports whether every program takes a name only as a name: not an
// option (--help, /? or +x), not a file of arguments (@file), and not a piece of
// a program to a shell that the command may hand it to, as ssh does.
func harmless(name string) bool {
	start := true
	for _, r := range name {
		letter := unicode.IsLetter(r) || unicode.IsDigit(r) || r == '_'
		if !letter && (start || !unicode.IsMark(r) && !strings.ContainsRune(" /-.:@+=", r)) {
			return false
		}
		start = r == ' '
	}
	return name != "" && !start
}
