package steady

import (
	"bytes"
	"encoding/binary"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// wide reports whether content is text in UTF-16 or UTF-32, with a byte order mark
// or, for text of ASCII in UTF-16, without one. Content with a character that no
// keyboard has does not count as text, so that a random key that begins like a byte
// order mark stays a key.
func wide(content []byte) bool {
	for _, e := range []struct {
		mark   string
		decode func([]byte) []rune
	}{
		{"\xff\xfe\x00\x00", utf32(binary.LittleEndian)},
		{"\x00\x00\xfe\xff", utf32(binary.BigEndian)},
		{"\xff\xfe", utf16text(binary.LittleEndian)},
		{"\xfe\xff", utf16text(binary.BigEndian)},
	} {
		if text, marked := bytes.CutPrefix(content, []byte(e.mark)); marked && typed(e.decode(text)) {
			return true
		}
	}
	return ascii16(content, 0) || ascii16(content, 1)
}

func utf16text(order binary.ByteOrder) func([]byte) []rune {
	return func(text []byte) []rune {
		if len(text)%2 != 0 {
			return []rune{utf8.RuneError}
		}
		units := make([]uint16, len(text)/2)
		for i := range units {
			units[i] = order.Uint16(text[2*i:])
		}
		return utf16.Decode(units)
	}
}

func utf32(order binary.ByteOrder) func([]byte) []rune {
	return func(text []byte) []rune {
		if len(text)%4 != 0 {
			return []rune{utf8.RuneError}
		}
		runes := make([]rune, len(text)/4)
		for i := range runes {
			runes[i] = rune(order.Uint32(text[4*i:])) //nolint:gosec // typed refuses what overflows
		}
		return runes
	}
}

// typed reports whether runes are characters that keyboards have. In random
// bytes, one character in three is not.
func typed(runes []rune) bool {
	for _, r := range runes {
		if !unicode.IsPrint(r) && !unicode.IsSpace(r) || !unicode.In(r,
			unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Hebrew, unicode.Arabic, unicode.Devanagari, unicode.Thai,
			unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Common) || r == utf8.RuneError {
			return false
		}
	}
	return true
}

// ascii16 reports whether content is at least two characters of ASCII, each with a
// zero byte beside it: behind it if first is 0, and in front of it if first is 1.
func ascii16(content []byte, first int) bool {
	if len(content) < 4 || len(content)%2 != 0 {
		return false
	}
	for i := 0; i < len(content); i += 2 {
		c, zero := content[i+first], content[i+1-first]
		if zero != 0 || c > unicode.MaxASCII || c < ' ' && c != '\t' && c != '\r' && c != '\n' || c == 0x7f {
			return false
		}
	}
	return true
}
