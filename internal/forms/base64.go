package forms

import (
	"encoding/base64"
	"slices"
)

// lineWidths are those at which base64 is wrapped: by base64(1) and MIME (RFC
// 2045 section 6.8), and by openssl(1) and PEM (RFC 7468 section 2).
func lineWidths() []int { return []int{76, 64} }

// base64 adds what base64 makes of v where no, one or two bytes come before it
// (modulo three), as in base64("user:" + v).
func (c *collector) base64(v []byte) {
	for _, alphabet := range []struct {
		name     string
		encoding *base64.Encoding
	}{{"base64", base64.RawStdEncoding}, {"base64url", base64.RawURLEncoding}} {
		for before := range 3 {
			c.add(alphabet.name+[...]string{"", "+1", "+2"}[before], shifted(alphabet.encoding, v, before))
		}
		// The last character, which the shifted form leaves out.
		c.add(alphabet.name, alphabet.encoding.AppendEncode(nil, v))
	}
	whole := base64.StdEncoding.AppendEncode(nil, v)
	for _, width := range lineWidths() {
		if len(whole) <= width {
			continue
		}
		for line := range slices.Chunk(whole, width) {
			c.add("base64", slices.Clone(line))
		}
	}
	clear(whole)
}

// shifted returns the characters that depend only on v if so many bytes come
// before it. A character holds six bits: the first and the last may hold some of
// a neighbour's.
func shifted(encoding *base64.Encoding, v []byte, before int) []byte {
	padded := append(make([]byte, before, before+len(v)), v...)
	text := encoding.AppendEncode(nil, padded)
	clear(padded)
	first, last := (before*8+5)/6, len(padded)*8/6
	return text[min(first, last):last]
}
