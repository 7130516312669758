package dotenv

import (
	"strings"
	"unicode"
)

// walker finds where godotenv sees the start and the end of each statement. It
// decides nothing about values. It gives errors their line numbers, which godotenv
// does not report, and it bounds sizes.
type walker struct {
	rest  string
	line  int // the line in which rest starts
	start int // the line of the last statement

	key, value string
	quote      byte // 0 without quotes
}

// next finds the next statement. It returns false at the end, and if the statement
// that starts at w.start is broken.
func (w *walker) next() bool {
	if !w.skipComments() {
		return false
	}
	w.start = w.line
	if !w.findKey() {
		return false
	}
	w.quote = 0
	if w.rest != "" && (w.rest[0] == '"' || w.rest[0] == '\'') {
		return w.findQuoted()
	}
	end := strings.IndexAny(w.rest, "\n\r")
	if end < 0 {
		end = len(w.rest)
	}
	w.value = w.rest[:end]
	w.advance(end)
	return true
}

// skipComments skips comments and reports whether there is anything after them.
func (w *walker) skipComments() bool {
	for {
		start := strings.IndexFunc(w.rest, func(r rune) bool { return !unicode.IsSpace(r) })
		if start < 0 {
			return false
		}
		w.advance(start)
		if w.rest[0] != '#' {
			return true
		}
		end := strings.IndexByte(w.rest, '\n')
		if end < 0 {
			return false
		}
		w.advance(end)
	}
}

func (w *walker) findKey() bool {
	if after, ok := strings.CutPrefix(w.rest, "export"); ok {
		if trimmed := strings.TrimLeftFunc(after, spaceInLine); len(trimmed) < len(after) {
			w.advance(len(w.rest) - len(trimmed))
		}
	}
	w.key = ""
	for i := range len(w.rest) {
		c := w.rest[i]
		if c == '=' || c == ':' {
			w.key = strings.TrimRightFunc(w.rest[:i], unicode.IsSpace)
			w.advance(i + 1)
			break
		}
		r := rune(c) // byte by byte, like godotenv, which does not read keys as UTF-8
		if !spaceInLine(r) && c != '_' && c != '.' && !unicode.IsLetter(r) && !unicode.IsNumber(r) {
			return false
		}
	}
	found := w.rest != "" || w.key != ""
	w.advance(len(w.rest) - len(strings.TrimLeftFunc(w.rest, spaceInLine)))
	return found
}

func (w *walker) findQuoted() bool {
	w.quote = w.rest[0]
	for i := 1; i < len(w.rest); i++ {
		if w.rest[i] == w.quote && w.rest[i-1] != '\\' {
			w.value = w.rest[1:i]
			w.advance(i + 1)
			return true
		}
	}
	return false
}

func (w *walker) advance(n int) {
	w.line += strings.Count(unixLines(w.rest[:n]), "\n")
	w.rest = w.rest[n:]
}

// spaceInLine reports whether godotenv treats r as white space inside a line.
func spaceInLine(r rune) bool {
	switch r {
	case '\t', '\v', '\f', '\r', ' ', 0x85, 0xA0:
		return true
	}
	return false
}
