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

// parser reads the dialect Secretmux. Its text has only \n as line breaks.
type parser struct {
	rest     string
	line     int
	expand   bool
	expanded int // bytes that expansions have added so far
	values   map[string]string
	lines    map[string]int // the line of each key
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

// statement reads an assignment, a comment or an empty line, and its line break.
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
	// A copied line does no harm. With two values, one would be hidden.
	if earlier, twice := p.lines[key]; twice && p.values[key] != value {
		return &lineError{line: line, problem: errors.New("this key has another value in line " + strconv.Itoa(earlier) + "; keep one of the two lines")}
	}
	p.values[key], p.lines[key] = value, line
	return nil
}

// key reads up to the equals sign, and the equals sign too.
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
		return "", p.fail(fmt.Sprintf("the key, or the space before it, has the invisible character %U; type the key again", r))
	}
	if !ok {
		return "", p.fail("the line has no =; write KEY=value")
	}
	return "", p.fail("the key is not valid; use ASCII letters, digits, _ and ., and start with a letter or _")
}

// invisible reports whether a reader can't see r. Unicode calls some characters
// letters, marks or symbols although they are empty space.
func invisible(r rune) bool {
	const brailleBlank = 0x2800
	return r != '\t' && r != utf8.RuneError && (!unicode.IsPrint(r) || r == brailleBlank ||
		unicode.In(r, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector))
}

// identifier cuts the text that can be a key from the start of s.
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

// skipBlanks skips spaces and tabs, and reports whether there were any.
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
