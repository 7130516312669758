package dotenv

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

const blanks = " \t"

// parser reads the dialect Secretmux. Line breaks are \n by now.
type parser struct {
	rest     string
	line     int
	expand   bool
	expanded int // bytes that expansions brought in so far
	values   map[string]string
	lines    map[string]int // where each key is
}

func parseSecretmux(text string, expand bool) (map[string]string, error) {
	p := &parser{
		rest: unixLines(text), line: 1, expand: expand,
		values: make(map[string]string), lines: make(map[string]int),
	}
	for p.rest != "" {
		if err := p.statement(); err != nil {
			return nil, err
		}
	}
	return p.values, nil
}

// statement reads an assignment, a comment or an empty line, with the line break.
func (p *parser) statement() error {
	p.skipBlanks()
	if p.rest != "" && p.rest[0] != '\n' && p.rest[0] != '#' {
		if err := p.assignment(); err != nil {
			return err
		}
	}
	_, rest, more := strings.Cut(p.rest, "\n")
	p.rest = rest
	if more {
		p.line++
	}
	return nil
}

func (p *parser) assignment() error {
	line := p.line
	key, err := p.key()
	if err != nil {
		return err
	}
	value, err := p.value()
	if err != nil {
		return err
	}
	// A copied line does no harm. Of two values, one would be hidden.
	if earlier, twice := p.lines[key]; twice && p.values[key] != value {
		return &lineError{line: line, problem: errors.New("it repeats the key of line " + strconv.Itoa(earlier) + " with another value")}
	}
	p.values[key], p.lines[key] = value, line
	return nil
}

// key reads up to and including the equals sign.
func (p *parser) key() (string, error) {
	key, rest := identifier(p.rest)
	if key == "export" && rest != "" && strings.ContainsRune(blanks, rune(rest[0])) {
		key, rest = identifier(strings.TrimLeft(rest, blanks))
	}
	rest, ok := strings.CutPrefix(strings.TrimLeft(rest, blanks), "=")
	if key != "" && ok {
		p.rest = rest
		return key, nil
	}
	before, _, ok := strings.Cut(p.currentLine(), "=")
	if i := strings.IndexFunc(before, invisible); i >= 0 {
		r, _ := utf8.DecodeRuneInString(before[i:])
		return "", p.fail(fmt.Sprintf("an invisible character, %U, stands before or in its key; type the key anew", r))
	}
	if !ok {
		return "", p.fail("it has no =")
	}
	return "", p.fail("its key is not made of ASCII letters, digits, _ and . with no digit or . first")
}

// invisible reports whether a reader can't see r. Some of what Unicode counts as
// letters, marks and symbols is empty space too.
func invisible(r rune) bool {
	const brailleBlank = 0x2800
	return r != '\t' && r != utf8.RuneError && (!unicode.IsPrint(r) || r == brailleBlank ||
		unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector))
}

// identifier splits what can be a key off the start of s.
func identifier(s string) (key, rest string) {
	for i := range len(s) {
		c := s[i]
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '_'
		if !letter && (i == 0 || c != '.' && (c < '0' || c > '9')) {
			return s[:i], s[i:]
		}
	}
	return s, ""
}

// skipBlanks reports whether there were any.
func (p *parser) skipBlanks() bool {
	trimmed := strings.TrimLeft(p.rest, blanks)
	skipped := len(trimmed) < len(p.rest)
	p.rest = trimmed
	return skipped
}

func (p *parser) currentLine() string {
	line, _, _ := strings.Cut(p.rest, "\n")
	return line
}

func (p *parser) fail(problem string) error {
	return &lineError{line: p.line, problem: errors.New(problem)}
}
