package secretmux

import "slices"

// nearest returns the known word that is a slip of the hand away from one of
// written: one character more, less or other, or two neighbours swapped. It
// returns "" where none is, or where two are equally near. Only the known word may
// be shown: what was written may be a secret in the wrong place.
func nearest(written, known []string) string {
	found := ""
	for _, word := range slices.Compact(slices.Sorted(slices.Values(known))) {
		for _, w := range written {
			if !oneEditApart(w, word) {
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
