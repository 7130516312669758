package secretmux

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// Field returns one field of a secret whose value is a JSON object, as a Secret
// with the same version, times and source.
//
// The key is a literal top-level key, dots and all; when it starts with "/" it
// is a JSON Pointer (RFC 6901) into the document. Strings come decoded, numbers
// with the digits they were written with, booleans as true or false, objects and
// arrays as their JSON text.
//
// A field that is absent or null is an error that is both ErrNotFound and
// ErrFieldNotFound. A value that is not a JSON object, an object that has the key
// twice and a string that is not Unicode text are ErrInvalid.
func (s Secret) Field(key string) (Secret, error) {
	if err := validateField(key); err != nil {
		return Secret{}, err
	}
	object, err := parseObject(s.raw())
	return s.fieldIn(object, err, key)
}

// fieldIn is Field of a document that was parsed already: once for all its fields.
func (s Secret) fieldIn(doc object, err error, key string) (Secret, error) {
	var value []byte
	if err == nil {
		var raw json.RawMessage
		if raw, err = doc.lookup(key); err == nil {
			value, err = fieldText(raw)
		}
	}
	if err != nil {
		return Secret{}, fieldError(key, s.Source(), err)
	}
	return s.WithValue(value), nil
}

var (
	errNotObject    = errors.New("the value is not a JSON object")
	errBroken       = errors.New("the value starts like a JSON object and breaks off or goes on wrongly")
	errDuplicateKey = errors.New("the JSON object has the key twice")
	errNotText      = errors.New("the JSON string is not Unicode text")
)

func fieldError(key, source string, cause error) error {
	e := &Error{Op: "field", Name: key, Source: source, Class: ErrInvalid, Err: cause}
	switch {
	case errors.Is(cause, ErrFieldNotFound):
		e.Class = ErrNotFound
		e.Hint = "the secret exists, but its document has no such field or it is null"
	case errors.Is(cause, errNotObject):
		e.Hint = "leave out #field to read the whole value, or store a JSON object"
	case errors.Is(cause, errBroken):
		e.Hint = "mend the JSON document where it is stored"
	case errors.Is(cause, errDuplicateKey):
		e.Hint = "remove one of the two from the document"
	}
	return e
}

// object is a JSON object, parsed once for all its members.
type object struct {
	members map[string]json.RawMessage
	twice   map[string]bool // keys that occur more than once: their value is ambiguous
}

// parseObject reads doc to its end: a document that breaks off is not a document.
func parseObject(doc []byte) (object, error) {
	if !utf8.Valid(doc) {
		return object{}, errNotObject
	}
	dec := json.NewDecoder(bytes.NewReader(doc))
	if open, err := dec.Token(); err != nil || open != json.Delim('{') {
		return object{}, errNotObject
	}
	o := object{members: map[string]json.RawMessage{}}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return object{}, errBroken
		}
		var raw json.RawMessage
		if dec.Decode(&raw) != nil {
			return object{}, errBroken
		}
		key, _ := name.(string)
		if _, ok := o.members[key]; ok {
			if o.twice == nil {
				o.twice = map[string]bool{}
			}
			o.twice[key] = true
		}
		o.members[key] = raw
	}
	if _, err := dec.Token(); err != nil {
		return object{}, errBroken
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return object{}, errBroken
	}
	return o, nil
}

func (o object) get(key string) (json.RawMessage, error) {
	raw, ok := o.members[key]
	switch {
	case !ok:
		return nil, ErrFieldNotFound
	case o.twice[key]:
		return nil, errDuplicateKey
	}
	return raw, nil
}

// lookup finds key, or the JSON Pointer that it is.
func (o object) lookup(key string) (json.RawMessage, error) {
	if !strings.HasPrefix(key, "/") {
		return o.get(key)
	}
	tokens := strings.Split(key[1:], "/")
	for i, token := range tokens {
		tokens[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(token)
	}
	raw, err := o.get(tokens[0])
	if err != nil || len(tokens) == 1 {
		return raw, err
	}
	return find(json.NewDecoder(bytes.NewReader(raw)), tokens[1:])
}

// find reads one value to its end and returns what tokens lead to in it. It passes
// over the text once, however deep the pointer goes: parsing what is left at each
// level would take seconds for one that a stranger made. It goes on to the end of each
// object because a second such key makes the answer ambiguous.
func find(dec *json.Decoder, tokens []string) (found json.RawMessage, err error) {
	if len(tokens) == 0 {
		if dec.Decode(&found) != nil {
			return nil, errBroken
		}
		return found, nil
	}
	open, err := dec.Token()
	if err != nil {
		return nil, errBroken
	}
	var wanted func(n int) (bool, error)
	switch open {
	case json.Delim('{'):
		wanted = func(int) (bool, error) {
			key, err := dec.Token()
			return key == tokens[0], err
		}
	case json.Delim('['):
		index, ok := arrayIndex(tokens[0])
		wanted = func(n int) (bool, error) { return ok && n == index, nil }
	default:
		return nil, ErrFieldNotFound // the pointer goes on below a scalar
	}
	err = ErrFieldNotFound
	seen := 0
	for n := 0; dec.More(); n++ {
		own, broken := wanted(n)
		if broken != nil {
			return nil, errBroken
		}
		if !own {
			if skip(dec) != nil {
				return nil, errBroken
			}
			continue
		}
		seen++
		if found, err = find(dec, tokens[1:]); errors.Is(err, errBroken) {
			return nil, err
		}
	}
	if _, broken := dec.Token(); broken != nil {
		return nil, errBroken
	}
	if seen > 1 {
		return nil, errDuplicateKey
	}
	return found, err
}

func skip(dec *json.Decoder) error {
	var raw json.RawMessage
	return dec.Decode(&raw)
}

// arrayIndex reads an index as RFC 6901 has it: digits without a leading zero.
func arrayIndex(token string) (int, bool) {
	i, err := strconv.ParseUint(token, 10, 31)
	return int(i), err == nil && strconv.FormatUint(i, 10) == token
}

func fieldText(raw json.RawMessage) ([]byte, error) {
	switch {
	case bytes.Equal(raw, []byte("null")):
		return nil, ErrFieldNotFound
	case raw[0] != '"':
		return bytes.Clone(raw), nil
	}
	var text string
	if json.Unmarshal(raw, &text) != nil {
		return nil, errNotText
	}
	// encoding/json puts U+FFFD where an escape is half a surrogate pair. A
	// changed password is worse than none.
	if halfSurrogate(raw) {
		return nil, errNotText
	}
	return []byte(text), nil
}

// halfSurrogate reports whether a valid JSON string has the escape of one half
// of a surrogate pair without the other.
func halfSurrogate(raw []byte) bool {
	for i := 0; i < len(raw); i++ {
		if raw[i] != '\\' {
			continue
		}
		i++ // the escaped character
		unit := escapedUnit(raw[i-1:])
		if !utf16.IsSurrogate(unit) {
			continue
		}
		i += len(`uXXXX`)
		if utf16.DecodeRune(unit, escapedUnit(raw[i:])) == unicode.ReplacementChar {
			return true
		}
		i += len(`uXXXX`)
	}
	return false
}

// escapedUnit is the UTF-16 code unit of the \uXXXX escape that raw starts with,
// or zero where it starts with none.
func escapedUnit(raw []byte) rune {
	if len(raw) < len(`\uXXXX`) || raw[0] != '\\' || raw[1] != 'u' {
		return 0
	}
	unit, _ := strconv.ParseUint(string(raw[2:6]), 16, 16)
	return rune(unit)
}
