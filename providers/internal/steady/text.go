package steady

import (
	"bytes"
	"errors"
	"io/fs"
	"unicode/utf8"
)

// TrimNewline takes exactly one newline off the end of a text, which editors and
// echo add. Anything else is binary, where the last byte counts.
func TrimNewline(value []byte) []byte {
	if bytes.IndexByte(value, 0) >= 0 || !utf8.Valid(value) {
		return value
	}
	text, ok := bytes.CutSuffix(value, []byte("\r\n"))
	if !ok {
		text = bytes.TrimSuffix(value, []byte("\n"))
	}
	return text
}

// WithoutPath keeps what the system says of a file and drops the path, which may
// be a value in the wrong place.
func WithoutPath(err error) error {
	var pathError *fs.PathError
	if errors.As(err, &pathError) {
		return pathError.Err
	}
	return err
}
