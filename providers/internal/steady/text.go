package steady

import (
	"bytes"
	"errors"
	"unicode/utf8"
)

// ErrUTF16 says that a file is text in an encoding that is not UTF-8. Its bytes would
// be another password than the one that was typed.
var ErrUTF16 = errors.New("it is text in UTF-16 or UTF-32")

// HintUTF16 is the hint for ErrUTF16.
const HintUTF16 = "save the file as UTF-8"

// Text returns the value of a file that holds a secret. A text loses a byte order
// mark at its start and one newline at its end: PowerShell, editors and echo add
// them. Text in UTF-16 or UTF-32 is ErrUTF16. Anything else that has a NUL or is not
// UTF-8 is binary, and every byte of it counts.
func Text(content []byte) ([]byte, error) {
	if wide(content) {
		return nil, ErrUTF16
	}
	if bytes.IndexByte(content, 0) >= 0 || !utf8.Valid(content) {
		return content, nil
	}
	content = bytes.TrimPrefix(content, []byte("\ufeff"))
	text, ok := bytes.CutSuffix(content, []byte("\r\n"))
	if !ok {
		text = bytes.TrimSuffix(content, []byte("\n"))
	}
	return text, nil
}
