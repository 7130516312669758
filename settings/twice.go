package settings

import (
	"bytes"
	"encoding/json"
	"errors"
)

const hintTwice = "its JSON has a member twice"

// errTwice is the error for a JSON object that has a member twice.
var errTwice = errors.New(hintTwice)

// memberTwice reports whether an object of a JSON text has a member twice. Which
// of the two values counts is not defined. Text that is not JSON is another
// problem.
func memberTwice(text []byte) bool {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var open []map[string]bool // the keys of each open object; nil for a list
	isKey := false
	for {
		token, err := d.Token()
		if err != nil {
			return false
		}
		inObject := len(open) > 0 && open[len(open)-1] != nil
		switch key, text := token.(string); {
		case token == json.Delim('{'):
			open = append(open, map[string]bool{})
		case token == json.Delim('['):
			open = append(open, nil)
		case token == json.Delim('}'), token == json.Delim(']'):
			open = open[:len(open)-1]
		case text && isKey && inObject:
			if open[len(open)-1][key] {
				return true
			}
			open[len(open)-1][key] = true
			isKey = false
			continue
		}
		isKey = len(open) > 0 && open[len(open)-1] != nil
	}
}
