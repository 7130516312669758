package secretmux

import (
	"path"
	"strings"
)

// only holds the patterns of only=: the names that a link is asked for. A nil
// only has every name.
type only [][]string // each pattern by segment

// parseOnly reads patterns joined by "+", which a query decodes to a space. It
// returns false for what path.Match can't read, and for none.
func parseOnly(value string) (only, bool) {
	var o only
	for _, pattern := range strings.FieldsFunc(value, func(r rune) bool { return r == ' ' || r == '+' }) {
		segments := strings.Split(pattern, "/")
		for _, s := range segments {
			if _, err := path.Match(s, ""); err != nil || s == "" {
				return nil, false
			}
		}
		o = append(o, segments)
	}
	return o, o != nil
}

// has reports whether the link is asked for name, which has no version or field.
func (o only) has(name string) bool {
	if o == nil {
		return true
	}
	segments := strings.Split(name, "/")
	for _, pattern := range o {
		if matches(pattern, segments) {
			return true
		}
	}
	return false
}

// matches compares segment by segment, as path.Match does; ** is any number of
// segments, also none. A pattern has few **, so that trying each length is cheap.
func matches(pattern, segments []string) bool {
	for len(pattern) > 0 {
		if pattern[0] == "**" {
			for rest := range len(segments) + 1 {
				if matches(pattern[1:], segments[rest:]) {
					return true
				}
			}
			return false
		}
		if len(segments) == 0 {
			return false
		}
		if ok, _ := path.Match(pattern[0], segments[0]); !ok {
			return false
		}
		pattern, segments = pattern[1:], segments[1:]
	}
	return len(segments) == 0
}
