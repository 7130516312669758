package scan

import "strings"

// Rule is a kind of token that vendors mark with a fixed prefix.
type Rule struct {
	// ID is the name of the rule, such as "github-token". It does not change between
	// versions, so baselines and scripts may rely on it.
	ID string
	// What is a phrase for people, such as "a GitHub token".
	What string
}

// Rules returns the kinds of tokens that a [Scanner] finds by itself, in the order
// of their IDs.
func Rules() []Rule {
	var all []Rule
	for _, r := range rules() {
		all = append(all, Rule{ID: r.id, What: r.what})
	}
	return all
}

// rule describes the tokens of one kind.
type rule struct {
	id, what string
	prefixes []string
	rest     []part
	// check gets the text after the prefix if the parts match, and may still refuse
	// it. Nil means that there is nothing more to check.
	check func(rest []byte) bool
	// custom replaces rest for tokens that parts can't describe. It gets the text
	// after the prefix and returns how many bytes of it belong to the token, or -1.
	custom func(text []byte) int
}

// part is a run of bytes of one class, or a literal text.
type part struct {
	text     string
	class    *class
	min, max int
}

func literal(text string) part { return part{text: text} }

func run(c *class, atLeast, atMost int) part { return part{class: c, min: atLeast, max: atMost} }

func exactly(n int, c *class) part { return run(c, n, n) }

type class [256]bool

// bytesOf makes a class of single bytes and of ranges such as a-z. A dash at the
// end means a dash.
func bytesOf(spec string) *class {
	var c class
	for i := 0; i < len(spec); i++ {
		lo, hi := spec[i], spec[i]
		if i+2 < len(spec) && spec[i+1] == '-' {
			hi = spec[i+2]
			i += 2
		}
		for b := int(lo); b <= int(hi); b++ {
			c[b] = true
		}
	}
	return &c
}

// match returns the length of the token that begins at text[at:], or 0. The prefix
// of the token has prefix bytes.
func (r *rule) match(text []byte, at, prefix int) int {
	if !boundary(text, at) {
		return 0
	}
	rest := text[at+prefix:]
	n := 0
	if r.custom != nil {
		if n = r.custom(rest); n < 0 {
			return 0
		}
	}
	for _, p := range r.rest {
		more := p.match(rest[n:])
		if more < 0 {
			return 0
		}
		n += more
	}
	if monotonous(rest[:n]) || r.check != nil && !r.check(rest[:n]) {
		return 0
	}
	return prefix + n
}

// match returns how many bytes at the beginning of text belong to the part, or -1.
// A run takes as many bytes as it can. If there are more than max, the text is not
// a token.
func (p part) match(text []byte) int {
	if p.class == nil {
		if !strings.HasPrefix(string(text[:min(len(text), len(p.text))]), p.text) {
			return -1
		}
		return len(p.text)
	}
	n := 0
	for n < len(text) && n <= p.max && p.class[text[n]] {
		n++
	}
	if n < p.min || n > p.max {
		return -1
	}
	return n
}

// boundary reports whether a token may begin at text[at]. It may not begin inside a
// word. The text before it may be an escape that ends in a letter, such as \n or
// %3D.
func boundary(text []byte, at int) bool {
	if at == 0 || !isAlphanumeric(rune(text[at-1])) && text[at-1] != '_' {
		return true
	}
	return at > 1 && text[at-2] == '\\' || at > 2 && text[at-3] == '%'
}

// monotonous reports whether text has few different bytes, like the xxxxxxxx or
// 00000000 that people write in place of a token.
func monotonous(text []byte) bool {
	const enough = 6
	var seen [256]bool
	distinct := 0
	for _, c := range text {
		if !seen[c] {
			if seen[c], distinct = true, distinct+1; distinct == enough {
				return false
			}
		}
	}
	return true
}
