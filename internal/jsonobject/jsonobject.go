// Package jsonobject reads the members of a JSON object as a secret needs them: the
// texts as they were written, and an error where two readers might see two values. No
// error quotes the document.
package jsonobject

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

// Why a member can't be read.
var (
	ErrNotObject = errors.New("the value is not a JSON object")
	ErrBroken    = errors.New("the value starts like a JSON object and breaks off or goes on wrongly")
	ErrTwice     = errors.New("the JSON object has the key twice")
	ErrNotText   = errors.New("the JSON string is not Unicode text")
	ErrAbsent    = errors.New("the JSON object does not have the key, or it is null")
)

// Object is a JSON object, parsed once for all its members.
type Object struct {
	// Members has the JSON text of each member, the last one of a key that is there
	// twice.
	Members map[string]json.RawMessage

	twice map[string]bool // keys that occur more than once: their value is ambiguous
}

// Unique returns ErrTwice where a key occurs more than once.
func (o Object) Unique() error {
	if len(o.twice) > 0 {
		return ErrTwice
	}
	return nil
}

// Parse reads doc to its end: a document that breaks off is not a document.
func Parse(doc []byte) (Object, error) {
	if !utf8.Valid(doc) {
		return Object{}, ErrNotObject
	}
	dec := json.NewDecoder(bytes.NewReader(doc))
	if open, err := dec.Token(); err != nil || open != json.Delim('{') {
		return Object{}, ErrNotObject
	}
	o := Object{Members: map[string]json.RawMessage{}}
	for dec.More() {
		name, err := dec.Token()
		if err != nil {
			return Object{}, ErrBroken
		}
		var raw json.RawMessage
		if dec.Decode(&raw) != nil {
			return Object{}, ErrBroken
		}
		key, _ := name.(string)
		if _, ok := o.Members[key]; ok {
			if o.twice == nil {
				o.twice = map[string]bool{}
			}
			o.twice[key] = true
		}
		o.Members[key] = raw
	}
	if _, err := dec.Token(); err != nil {
		return Object{}, ErrBroken
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return Object{}, ErrBroken
	}
	return o, nil
}

// Get returns the JSON text of one member.
func (o Object) Get(key string) (json.RawMessage, error) {
	raw, ok := o.Members[key]
	switch {
	case !ok:
		return nil, ErrAbsent
	case o.twice[key]:
		return nil, ErrTwice
	}
	return raw, nil
}

// Lookup returns the JSON text of the member key or, where key starts with "/", of what
// this JSON Pointer (RFC 6901) leads to.
func (o Object) Lookup(key string) (json.RawMessage, error) {
	if !strings.HasPrefix(key, "/") {
		return o.Get(key)
	}
	tokens := strings.Split(key[1:], "/")
	for i, token := range tokens {
		tokens[i] = strings.NewReplacer("~1", "/", "~0", "~").Replace(token)
	}
	raw, err := o.Get(tokens[0])
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
			return nil, ErrBroken
		}
		return found, nil
	}
	open, err := dec.Token()
	if err != nil {
		return nil, ErrBroken
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
		return nil, ErrAbsent // the pointer goes on below a scalar
	}
	err = ErrAbsent
	seen := 0
	for n := 0; dec.More(); n++ {
		own, broken := wanted(n)
		if broken != nil {
			return nil, ErrBroken
		}
		if !own {
			if skip(dec) != nil {
				return nil, ErrBroken
			}
			continue
		}
		seen++
		if found, err = find(dec, tokens[1:]); errors.Is(err, ErrBroken) {
			return nil, err
		}
	}
	if _, broken := dec.Token(); broken != nil {
		return nil, ErrBroken
	}
	if seen > 1 {
		return nil, ErrTwice
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

// Text returns a value as a secret holds it: a string decoded, a number with the digits
// it was written with, an object or array as its JSON text. It is ErrAbsent for null.
func Text(raw json.RawMessage) ([]byte, error) {
	switch {
	case bytes.Equal(raw, []byte("null")):
		return nil, ErrAbsent
	case raw[0] != '"':
		return bytes.Clone(raw), nil
	}
	var text string
	if json.Unmarshal(raw, &text) != nil {
		return nil, ErrNotText
	}
	// encoding/json puts U+FFFD where an escape is half a surrogate pair. A
	// changed password is worse than none.
	if halfSurrogate(raw) {
		return nil, ErrNotText
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
