package dotenv

import (
	"errors"
	"regexp"
	"strings"

	"github.com/joho/godotenv"

	"github.com/secretmux/secretmux/providers/internal/steady"
)

// parseGodotenv lets godotenv read the text, with guards. Values that double from
// line to line are refused. The error is replaced, because it quotes the file. A key
// without a name is dropped, because no secret can have it.
func parseGodotenv(text string) (map[string]string, error) {
	line, err := foresee(text)
	if err != nil {
		return nil, &lineError{line: line, problem: err}
	}
	values, err := godotenv.Unmarshal(text)
	if err != nil {
		return nil, &lineError{line: line, problem: errors.New("godotenv can't read this statement, or a quote in it is not closed")}
	}
	delete(values, "")
	return values, nil
}

// foresee walks the statements that godotenv will find. It returns the line of the
// last one, where godotenv stops if it fails. It returns steady.ErrTooLarge for
// values that would expand beyond the limit.
func foresee(text string) (line int, err error) {
	reference := regexp.MustCompile(`\$\(?\{?([A-Z0-9_]+)`)
	sizes := make(map[string]int)
	expanded := 0
	w := &walker{rest: strings.ReplaceAll(text, "\r\n", "\n"), line: 1}
	for w.next() {
		size := len(w.value)
		if w.quote != '\'' {
			for _, match := range reference.FindAllStringSubmatch(w.value, -1) {
				size += sizes[match[1]]
			}
		}
		if expanded += size - len(w.value); expanded > steady.MaxSize {
			return w.start, steady.ErrTooLarge
		}
		sizes[w.key] = size
	}
	return w.start, nil
}
