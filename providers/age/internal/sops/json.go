package sops

import (
	"bytes"
	"encoding/json"
	"io"
	"strconv"
	"strings"

	"github.com/secretmux/secretmux/providers/age/internal/fault"
)

// JSON is a file in JSON, which is only read.
type JSON struct {
	Metadata *Metadata
	members  []member
}

// member is one member of an object. The order of members matters.
type member struct {
	key   string
	value any // a string, json.Number, bool, nil, []any or []member
}

// maxDepth bounds how deep a value may be nested. No file that a person writes comes
// near it.
const maxDepth = 100

// Value is a decrypted member of the file: the text of a string, or the JSON of any
// other value.
type Value struct {
	Text string
	Null bool
}

// ParseJSON reads a file and decrypts nothing.
func ParseJSON(data []byte) (*JSON, error) {
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	root, err := parseValue(decoder, 0)
	if err != nil {
		return nil, err
	}
	members, ok := root.([]member)
	if _, more := decoder.Token(); !ok || more != io.EOF {
		return nil, errNotJSON
	}
	file := &JSON{}
	fields := make(map[string]string)
	found := false
	for _, m := range members {
		if m.key != "sops" {
			file.members = append(file.members, m)
			continue
		}
		found = true
		if !flatten(fields, "", m.value) {
			return nil, fault.Corrupt("the metadata of the file is not an object")
		}
	}
	if !found {
		return nil, fault.Invalid("the file has no member sops, so sops did not encrypt it", "encrypt it with sops encrypt -i --age RECIPIENT FILE")
	}
	file.Metadata, err = newMetadata(fields)
	return file, err
}

var errNotJSON = fault.Corrupt("the file is not one JSON object; it is cut or was merged by hand")

func parseValue(decoder *json.Decoder, depth int) (any, error) {
	token, err := decoder.Token()
	if err != nil {
		return nil, errNotJSON // the cause may quote
	}
	delimiter, ok := token.(json.Delim)
	switch {
	case !ok:
		return token, nil
	case depth == maxDepth:
		return nil, fault.Invalid("the file is nested too deep", "nest values less than 100 levels deep")
	case delimiter == '[':
		return parseArray(decoder, depth)
	}
	return parseObject(decoder, depth)
}

func parseArray(decoder *json.Decoder, depth int) (any, error) {
	items := []any{}
	for decoder.More() {
		item, err := parseValue(decoder, depth+1)
		if err != nil {
			return nil, err
		}
		items = append(items, item)
	}
	return items, closed(decoder)
}

func parseObject(decoder *json.Decoder, depth int) (any, error) {
	members, seen := []member{}, make(map[string]bool)
	for decoder.More() {
		token, err := decoder.Token()
		key, ok := token.(string)
		if err != nil || !ok {
			return nil, errNotJSON
		}
		if seen[key] {
			return nil, fault.Invalid("the file has a key twice", "keep one of the two members, with sops edit; a merge may have kept both")
		}
		seen[key] = true
		value, err := parseValue(decoder, depth+1)
		if err != nil {
			return nil, err
		}
		members = append(members, member{key, value})
	}
	return members, closed(decoder)
}

func closed(decoder *json.Decoder) error {
	if _, err := decoder.Token(); err != nil {
		return errNotJSON
	}
	return nil
}

// flatten writes the metadata in the form that sops uses in a dotenv file.
func flatten(fields map[string]string, at string, value any) bool {
	switch value := value.(type) {
	case []member:
		for _, m := range value {
			key := m.key
			if at != "" {
				key = at + "__map_" + m.key
			}
			flatten(fields, key, m.value)
		}
		return true
	case []any:
		for i, item := range value {
			flatten(fields, at+"__list_"+strconv.Itoa(i), item)
		}
	case string:
		fields[at] = value
	case json.Number:
		fields[at] = value.String()
	case bool:
		fields[at] = strconv.FormatBool(value)
	}
	return false
}

// Values decrypts all members and checks the MAC over them.
func (j *JSON) Values(key []byte) (map[string]Value, error) {
	r := reader{key: key, meta: j.Metadata, sum: newMAC()}
	values := make(map[string]Value, len(j.members))
	for _, m := range j.members {
		opened, err := r.open(m.value, []string{m.key})
		if err != nil {
			return nil, err
		}
		text, isText := opened.(string)
		if !isText {
			var b strings.Builder
			write(&b, opened)
			text = b.String()
		}
		values[m.key] = Value{Text: text, Null: opened == nil}
	}
	return values, r.sum.check(key, j.Metadata)
}
