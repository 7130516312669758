package dotenv

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// value reads the text after the equals sign, up to the line break or the comment.
func (p *parser) value() (string, error) {
	blank := p.skipBlanks()
	first, _ := utf8.DecodeRuneInString(p.rest)
	switch {
	case first == '\'':
		return p.literal()
	case first == '"':
		return p.escaped()
	case first == '#' && !blank:
		return "", p.fail("some tools read a # right after the = as a comment, and others as a value; put white space before a comment, or put the value in single quotes")
	case strings.ContainsRune(curlyQuotes, first):
		return "", p.fail(`the value starts with a typographic quote; write ' or "`)
	}
	if problem := otherQuotes(p.rest); problem != "" {
		return "", p.fail(problem + ", or the value in single quotes if it is meant")
	}
	return p.bare(blank)
}

// otherQuotes says which quotes a value starts with that only some programs take for
// quotes. For the others they are part of the value.
func otherQuotes(value string) string {
	switch {
	case strings.HasPrefix(value, "`"):
		return "a ` at the start of a value is a quote for node and a command for a shell; write ' or \" for a quote"
	case strings.HasPrefix(value, "$'"), strings.HasPrefix(value, `$"`):
		return "only bash takes a $ with a quote after it for a quote; write the quote without the $"
	case strings.HasPrefix(value, `\'`), strings.HasPrefix(value, `\"`):
		return "its quotes have a backslash in front of them, as in JSON; take it out"
	}
	return ""
}

// curlyQuotes are what word processors and chats make of quotes. No tool takes them
// for quotes, so that they would be part of the value.
const curlyQuotes = "\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u2032\u2033\uff02\uff07\u00ab\u00bb\u2039\u203a"

// bare reads a value without quotes. blank says that there is white space before it.
func (p *parser) bare(blank bool) (string, error) {
	line := p.currentLine()
	p.rest = p.rest[len(line):]
	for i := range len(line) {
		if line[i] == '#' && blank {
			line = line[:i]
			break
		}
		blank = strings.IndexByte(blanks, line[i]) >= 0
	}
	line = strings.TrimRight(line, blanks)
	if err := p.unseen(line); err != nil {
		return "", err
	}
	return p.expandAll(line)
}

// lineEnds end a line for Unicode (UAX #14) and for editors, but for no tool that reads
// .env files: the next assignment would be part of the value.
const lineEnds = "\v\f\u0085\u2028\u2029"

// unseen refuses what can't be seen at either end of a value without quotes, and what
// looks like the end of the line inside it: it came with a copied text, and the password
// with it is another one.
func (p *parser) unseen(line string) error {
	first, _ := utf8.DecodeRuneInString(line)
	last, _ := utf8.DecodeLastRuneInString(line)
	for _, r := range []rune{first, last} {
		if line != "" && invisible(r) {
			return p.fail(fmt.Sprintf("the value starts or ends with the invisible character %U; remove it, or put the value in quotes if you want it", r))
		}
	}
	if i := strings.IndexAny(line, lineEnds); i >= 0 {
		r, _ := utf8.DecodeRuneInString(line[i:])
		return p.fail(fmt.Sprintf("%U ends a line for editors, and does not here; begin a new line, or put the value in quotes if it is meant", r))
	}
	return nil
}

// literal reads a value in single quotes.
func (p *parser) literal() (string, error) {
	value, rest, closed := strings.Cut(p.rest[1:], "'")
	if !closed {
		return "", p.fail("the single quote is not closed")
	}
	p.rest = rest
	p.line += strings.Count(value, "\n")
	return value, p.endOfValue()
}

// escaped reads a value in double quotes.
func (p *parser) escaped() (string, error) {
	opened := p.line
	p.rest = p.rest[1:]
	var b strings.Builder
	for {
		i := strings.IndexAny(p.rest, `"\$`)
		if i < 0 {
			p.line = opened
			return "", p.fail("the double quote is not closed")
		}
		b.WriteString(p.rest[:i])
		p.line += strings.Count(p.rest[:i], "\n")
		special := p.rest[i]
		p.rest = p.rest[i+1:]
		text, err := "", error(nil)
		switch special {
		case '"':
			return b.String(), p.endOfValue()
		case '\\':
			text, err = p.escape()
		case '$':
			text, err = p.dollar()
		}
		if err != nil {
			return "", err
		}
		b.WriteString(text)
	}
}

// escape reads the character after a backslash. An unknown escape is refused, because
// it is unclear whether the backslash belongs to the value.
func (p *parser) escape() (string, error) {
	if p.rest != "" {
		c := p.rest[:1]
		p.rest = p.rest[1:]
		switch c {
		case "n":
			return "\n", nil
		case "r":
			return "\r", nil
		case "t":
			return "\t", nil
		case `\`, `"`, "$":
			return c, nil
		}
	}
	return "", p.fail(`in double quotes, \ must come before n, r, t, \, " or $; use single quotes, or write \\`)
}

// endOfValue allows a comment after a closing quote, and nothing else.
func (p *parser) endOfValue() error {
	blank := p.skipBlanks()
	if p.rest == "" || p.rest[0] == '\n' || p.rest[0] == '#' && blank {
		return nil
	}
	return p.fail("there is text after the closing quote; only a comment may follow it")
}
