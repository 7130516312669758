package sops

import (
	"encoding/json"
	"strconv"
	"strings"
)

// reader decrypts a tree in its order, which is also the order of the MAC.
type reader struct {
	key  []byte
	meta *Metadata
	sum  mac
}

func (r reader) open(value any, path []string) (any, error) {
	switch value := value.(type) {
	case nil:
		return nil, nil //nolint:nilnil // null is a value, and sops does not encrypt it
	case []any:
		items := make([]any, len(value))
		for i, item := range value {
			opened, err := r.open(item, path)
			if err != nil {
				return nil, err
			}
			items[i] = opened
		}
		return items, nil
	case []member:
		members := make([]member, len(value))
		for i, m := range value {
			opened, err := r.open(m.value, append(path[:len(path):len(path)], m.key))
			if err != nil {
				return nil, err
			}
			members[i] = member{m.key, opened}
		}
		return members, nil
	}
	return r.leaf(value, path)
}

// leaf reads one value and adds it to the MAC.
func (r reader) leaf(value any, path []string) (any, error) {
	if r.meta.plain(path...) {
		r.sum.add(plainText(value))
		return value, nil
	}
	text, ok := value.(string)
	if !ok {
		return nil, errPlain
	}
	opened, kind, err := open(r.key, text, strings.Join(path, ":")+":")
	if err != nil {
		return nil, err
	}
	told, ok := canonical(opened, kind)
	if !ok {
		return nil, unknownKind(kind)
	}
	r.sum.add(told)
	switch kind {
	case typeInt, typeFloat:
		return json.Number(told), nil
	case typeBool:
		return told == titled(true), nil
	}
	return told, nil
}

// plainText is the form in which the MAC covers a value that is not encrypted. Like
// sops, it keeps the digits of an integer of 64 bits, and every other number goes
// through a float64.
func plainText(value any) string {
	switch value := value.(type) {
	case string:
		return value
	case bool:
		return titled(value)
	case json.Number:
		if n, err := value.Int64(); err == nil {
			return strconv.FormatInt(n, 10)
		}
		f, _ := value.Float64()
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	return ""
}

// write writes a value as JSON.
func write(b *strings.Builder, value any) {
	switch value := value.(type) {
	case []any:
		b.WriteByte('[')
		for i, item := range value {
			separate(b, i)
			write(b, item)
		}
		b.WriteByte(']')
	case []member:
		b.WriteByte('{')
		for i, m := range value {
			separate(b, i)
			write(b, m.key)
			b.WriteByte(':')
			write(b, m.value)
		}
		b.WriteByte('}')
	default:
		var text strings.Builder
		encoder := json.NewEncoder(&text)
		encoder.SetEscapeHTML(false)
		_ = encoder.Encode(value) // a string, a number, a truth value or null
		b.WriteString(strings.TrimSuffix(text.String(), "\n"))
	}
}

func separate(b *strings.Builder, i int) {
	if i > 0 {
		b.WriteByte(',')
	}
}
