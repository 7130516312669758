package dotenv

import (
	"strings"

	"github.com/secretmux/secretmux/providers/internal/steady"
)

// expandAll replaces every ${NAME} in a value without quotes.
func (p *parser) expandAll(value string) (string, error) {
	if !p.expand {
		return value, nil
	}
	// dollar works on p.rest, which is already behind the value.
	outer := p.rest
	p.rest = value
	defer func() { p.rest = outer }()
	var b strings.Builder
	for {
		before, rest, found := strings.Cut(p.rest, "$")
		b.WriteString(before)
		if !found {
			return b.String(), nil
		}
		if strings.HasSuffix(before, `\`) && strings.HasPrefix(rest, "{") {
			return "", p.fail(`a \ before ${ keeps it literal for some tools, and not for others; use single quotes for a literal ${`)
		}
		p.rest = rest
		text, err := p.dollar()
		if err != nil {
			return "", err
		}
		b.WriteString(text)
	}
}

// dollar reads the text after a dollar sign. If expansion is on, that is {NAME}.
// Otherwise it reads nothing, because the dollar sign means itself.
func (p *parser) dollar() (string, error) {
	if p.expand && strings.HasPrefix(p.rest, "${") {
		return "", p.fail("$${ is a literal ${ for Compose, and a $ before a value for others; use single quotes for a literal ${")
	}
	reference, found := strings.CutPrefix(p.rest, "{")
	if !p.expand || !found {
		return "$", nil
	}
	name, rest := identifier(reference)
	rest, closed := strings.CutPrefix(rest, "}")
	if name == "" || !closed {
		return "", p.fail(misuse(name, rest))
	}
	value, known := p.values[name]
	if !known {
		return "", p.fail("the name in a ${NAME} is not a key further up in the file")
	}
	// Values that double from line to line would fill the memory.
	if p.expanded += len(value); p.expanded > steady.MaxSize {
		return "", &lineError{line: p.line, problem: steady.ErrTooLarge}
	}
	p.rest = rest
	return value, nil
}

// misuse says what is wrong with a ${ that is followed by name and then by rest,
// which does not start with a }.
func misuse(name, rest string) string {
	const (
		only    = "expand=true reads only ${NAME}: "
		literal = ", or use single quotes for a literal ${"
	)
	operator := strings.TrimPrefix(rest, ":")
	switch {
	case name != "" && operator != "" && strings.Contains("-=?+", operator[:1]):
		return only + "it does not know defaults or checks, as in ${NAME:-x} or ${NAME:?x}; write the value itself" + literal
	case name != "" && rest != "" && !strings.Contains(blanks+"\n\"", rest[:1]):
		return only + "it does not know the operators of a shell; write the value itself" + literal
	case name == "" && rest != "" && strings.ContainsAny(rest[:1], "#!"):
		return only + "it does not know the operators of a shell; write the value itself" + literal
	case name != "":
		return "the } right after a ${NAME is missing; add it" + literal
	}
	return "the name of a key right after a ${ is missing; write ${NAME}" + literal
}
