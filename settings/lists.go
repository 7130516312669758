package settings

import (
	"encoding/json"
	"reflect"
	"strings"
	"time"

	"github.com/secretmux/secretmux"
)

const hintBrokenJSON = "it starts like JSON and is not valid JSON"

func (l *leaf) isList() bool {
	return (l.how == asEnv || l.how == asSecrets) && l.typ.Kind() == reflect.Slice
}

func (l *leaf) isMap() bool { return l.how == asEnv && l.typ.Kind() == reflect.Map }

func (l *leaf) separator() string {
	if l.sep == "" {
		return ","
	}
	return l.sep
}

func (l *leaf) keySeparator() string {
	if l.keySep == "" {
		return ":"
	}
	return l.keySep
}

// fromJSON sets a list or a map whose text is JSON. A field of a document has such a
// text. It reports whether the text is JSON at all. If only the text form of a list
// or map can be decoded, rest is the text in that form.
//
// Without fromJSON, ["a","b"] would be two items with brackets and quotes in them.
func (l *leaf) fromJSON(field reflect.Value, text string) (rest string, isJSON bool, hint string) {
	text = strings.TrimSpace(text)
	open, other, problem := "[", "{", "it is a JSON object, and the field is a list"
	if l.isMap() {
		open, other, problem = "{", "[", "it is a JSON list, and the field has pairs"
	}
	switch {
	case !l.isList() && !l.isMap():
		return "", false, ""
	case strings.HasPrefix(text, other) && json.Valid([]byte(text)):
		return "", true, problem
	case !strings.HasPrefix(text, open):
		return "", false, ""
	case !json.Valid([]byte(text)):
		return "", true, hintBrokenJSON
	case memberTwice([]byte(text)):
		return "", true, hintTwice
	}
	// A number would be a Duration of nanoseconds.
	if elem := l.typ.Elem(); elem != reflect.TypeFor[time.Duration]() && !strings.Contains(text, "null") && setJSON(field, []byte(text)) == nil {
		return "", true, ""
	}
	field.SetZero()
	items, ok := l.items(text)
	if !ok {
		return "", true, "its JSON has items that this type can't hold"
	}
	return strings.Join(items, l.separator()), true, ""
}

// items returns the texts of a JSON list, or the pairs of a JSON object, if they can
// be written with separators.
func (l *leaf) items(text string) ([]string, bool) {
	if l.isMap() {
		var pairs map[string]json.RawMessage
		if json.Unmarshal([]byte(text), &pairs) != nil {
			return nil, false
		}
		var items []string
		for key, raw := range pairs {
			value, ok := l.item(raw)
			if !ok || strings.Contains(key, l.separator()) || strings.Contains(key, l.keySeparator()) {
				return nil, false
			}
			items = append(items, key+l.keySeparator()+value)
		}
		return items, true
	}
	var all []json.RawMessage
	if json.Unmarshal([]byte(text), &all) != nil {
		return nil, false
	}
	items := make([]string, len(all))
	for i, raw := range all {
		value, ok := l.item(raw)
		if !ok {
			return nil, false
		}
		items[i] = value
	}
	return items, true
}

// item is the text of one JSON value: the content of a string, or the digits of a
// number.
func (l *leaf) item(raw json.RawMessage) (string, bool) {
	text := string(raw)
	if strings.HasPrefix(text, `"`) && json.Unmarshal(raw, &text) != nil {
		return "", false
	}
	return text, text != "null" && !strings.ContainsAny(string(raw[:1]), "[{") && !strings.Contains(text, l.separator())
}

// setSecrets fills a list of Secrets from a JSON list, or from items between
// separators. Each Secret keeps the description of the whole value.
func (l *leaf) setSecrets(field reflect.Value, value secretmux.Secret) bool {
	text := value.Reveal()
	var items []string
	if strings.HasPrefix(strings.TrimSpace(text), "{") && json.Valid([]byte(text)) {
		return false
	}
	if strings.HasPrefix(strings.TrimSpace(text), "[") {
		if json.Unmarshal([]byte(text), &items) != nil {
			return false
		}
	} else if text != "" {
		items = strings.Split(text, l.separator())
	}
	all := make([]secretmux.Secret, len(items))
	for i, item := range items {
		all[i] = value.WithValue([]byte(item))
	}
	field.Set(reflect.ValueOf(all))
	return true
}

// spaced reports whether there is white space around a separator. It would become
// part of an item.
func (l *leaf) spaced(text string) bool {
	for _, sep := range []string{l.separator(), l.keySeparator()} {
		if (l.isList() || l.isMap()) && (strings.Contains(text, sep+" ") || strings.Contains(text, " "+sep)) {
			return true
		}
	}
	return false
}
