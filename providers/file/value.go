package file

import (
	"bytes"
	"unicode/utf8"
)

// trimNewline takes exactly one newline off the end of a text. Anything else is
// binary, where the last byte counts.
func trimNewline(value []byte) []byte {
	if bytes.IndexByte(value, 0) >= 0 || !utf8.Valid(value) {
		return value
	}
	text, ok := bytes.CutSuffix(value, []byte("\r\n"))
	if !ok {
		text = bytes.TrimSuffix(value, []byte("\n"))
	}
	return text
}
