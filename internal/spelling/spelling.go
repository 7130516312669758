// Package spelling finds the word that was meant by one that is not known, for a
// hint such as "did you mean ttl=?". Only known words are ever returned: what was
// written may be a secret in the wrong place.
package spelling

import (
	"slices"
	"strings"
)

// Nearest returns the known word that is a slip of the hand away from one of
// written: one character more, less or other, or two neighbours swapped. It
// returns "" where none is, or where two are equally near.
func Nearest(written, known []string) string {
	found := ""
	for _, word := range sorted(known) {
		for _, w := range written {
			if w = strings.ToLower(w); w != word && !oneEditApart(w, word) {
				continue
			}
			if found != "" && found != word {
				return ""
			}
			found = word
		}
	}
	return found
}

// Longer returns the known words that are written with a further part, or written
// without its further part: gcp is gcp-sm, and vault+unix is vault. Several are joined
// by ": or ", as a hint about schemes shows them.
func Longer(written string, known []string) string {
	first, _, _ := strings.Cut(strings.ReplaceAll(written, "+", "-"), "-")
	var meant []string
	for _, word := range sorted(known) {
		if begin, _, _ := strings.Cut(word, "-"); begin == first {
			meant = append(meant, word)
		}
	}
	return strings.Join(meant, ": or ")
}

// sorted returns each word once, so that a hint does not depend on the order of a map.
func sorted(words []string) []string {
	return slices.Compact(slices.Sorted(slices.Values(words)))
}

// oneEditApart reports whether one edit makes a of b (Damerau-Levenshtein
// distance 1). Words of one or two characters are near to too many others.
func oneEditApart(a, b string) bool {
	if len(b) < 3 || a == b {
		return false
	}
	if len(a) > len(b) {
		a, b = b, a
	}
	if len(b)-len(a) > 1 {
		return false
	}
	i := 0
	for i < len(a) && a[i] == b[i] {
		i++
	}
	if len(a) < len(b) {
		return a[i:] == b[i+1:]
	}
	swapped := i+1 < len(a) && a[i] == b[i+1] && a[i+1] == b[i] && a[i+2:] == b[i+2:]
	return a[i+1:] == b[i+1:] || swapped
}
