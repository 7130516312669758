package exec

import (
	"strings"
	"unicode"
)

// harmless reports whether every program reads a name only as a name. It must not be
// an option (--help, /? or +x) or a file of arguments (@file). It must not be a part
// of a program for a shell either: ssh, for example, hands its arguments to one.
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
