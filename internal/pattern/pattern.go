// Package pattern matches the names of secrets: the only= of a link.
package pattern

import (
	"path"
	"strings"
)

// Set holds patterns of names, each by segment. A nil Set has every name.
type Set [][]string

// Parse reads patterns joined by "+", which a query decodes to a space. It
// returns false for what path.Match can't read, and for none.
func Parse(value string) (Set, bool) {
	var all Set
	for _, pattern := range strings.FieldsFunc(value, func(r rune) bool { return r == ' ' || r == '+' }) {
		segments := strings.Split(pattern, "/")
		for _, s := range segments {
			if _, err := path.Match(s, ""); err != nil || s == "" {
				return nil, false
			}
		}
		all = append(all, segments)
	}
	return all, all != nil
}

// Has reports whether a pattern matches name, which has no version or field.
func (s Set) Has(name string) bool {
	if s == nil {
		return true
	}
	segments := strings.Split(name, "/")
	for _, pattern := range s {
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
		// The pattern is well-formed, as Parse has tried it: an error can't come.
		if ok, _ := path.Match(pattern[0], segments[0]); !ok {
			return false
		}
		pattern, segments = pattern[1:], segments[1:]
	}
	return len(segments) == 0
}
