package dotenv

import (
	"bytes"
	"errors"
	"strings"
)

// parse reads a whole file in the dialect of o and returns its keys and values.
func parse(data []byte, o Options) (map[string]string, error) {
	text, err := textOf(data)
	if err != nil {
		return nil, err
	}
	if o.Dialect == Godotenv {
		return parseGodotenv(text)
	}
	return parseSecretmux(text, o.Expand)
}

// textOf drops a byte order mark. It refuses everything that is not text in UTF-8 or
// in one of the older encodings that extend ASCII.
func textOf(data []byte) (string, error) {
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		return "", &lineError{line: 1, problem: errors.New("the file is in UTF-16; save it as UTF-8")}
	}
	text := strings.TrimPrefix(string(data), "\ufeff")
	if i := strings.IndexByte(text, 0); i >= 0 {
		return "", &lineError{
			line:    1 + strings.Count(unixLines(text[:i]), "\n"),
			problem: errors.New("the file has a NUL byte, so it is binary or in UTF-16; save it as UTF-8"),
		}
	}
	return text, nil
}

// unixLines makes \n the only line break.
func unixLines(text string) string {
	return strings.ReplaceAll(strings.ReplaceAll(text, "\r\n", "\n"), "\r", "\n")
}
