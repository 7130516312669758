package dotenv

import (
	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/internal/steady"
)

// Parse reads text in the dialect [Secretmux], without expansion, and returns its
// keys and values. It is for programs that keep this text elsewhere than in a plain
// file. Its errors are ErrInvalid, or ErrTooLarge for a text over 1 MiB; they name a
// line and quote nothing.
func Parse(text []byte) (map[string]string, error) {
	values, err := parseWhole(text)
	if err != nil {
		class, hint := classify(err)
		return nil, &secretmux.Error{Op: "parse", Class: class, Hint: hint, Err: err}
	}
	return values, nil
}

func parseWhole(text []byte) (map[string]string, error) {
	if len(text) > steady.MaxSize {
		return nil, steady.ErrTooLarge
	}
	return parse(text, Options{Dialect: Secretmux})
}
