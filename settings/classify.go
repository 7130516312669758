package settings

import (
	"reflect"
	"slices"

	"github.com/secretmux/secretmux"
)

// how says how the text of a secret becomes the value of a field.
type how int

const (
	asEnv     how = iota // numbers, strings, lists, maps ...: package env
	asSecret             // the Secret itself
	asSecrets            // a list of them
	asBytes              // the bytes, unchanged
	asText               // the type's own UnmarshalText
	asJSON               // encoding/json
)

// classify decides how the field is decoded and refuses tags that don't fit.
func (l *leaf) classify() []error {
	var errs []error
	bad := func(problem, hint string) { errs = append(errs, badTag(l.path, problem, hint)) }
	secret := reflect.TypeFor[secretmux.Secret]()
	switch {
	case l.typ == secret:
		l.how = asSecret
	case l.typ == reflect.SliceOf(secret):
		l.how = asSecrets
	case endless(l.typ) && l.encoding != encodingJSON:
		bad("its type contains itself", `write encoding:"json": only JSON can hold such a value`)
	case holds(l.typ, secret, map[reflect.Type]bool{}):
		bad("it has a Secret inside, and a Secret can't be decoded",
			`make it a Secret, or a nested struct with prefix:"name#" that has one field for each key of the document`)
	case l.encoding == encodingJSON, isDocument(l.typ):
		l.how = asJSON
	case isText(l.typ):
		l.how = asText
	case l.typ.Kind() == reflect.Slice && l.typ.Elem().Kind() == reflect.Uint8:
		l.how = asBytes
	}
	if l.encoding == encodingJSON && l.how == asSecret {
		bad("a Secret is not decoded from JSON", "leave out the encoding: the Secret keeps the text unchanged")
	}
	return append(errs, l.misplaced()...)
}

// misplaced refuses an unknown encoding, and separators on a field that has nothing
// to separate.
func (l *leaf) misplaced() []error {
	var errs []error
	bad := func(problem, hint string) { errs = append(errs, badTag(l.path, problem, hint)) }
	if !slices.Contains([]string{"", encodingBase64, encodingHex, encodingJSON}, l.encoding) {
		bad("its encoding is unknown", "write base64, hex or json")
	}
	isMap := l.how == asEnv && l.typ.Kind() == reflect.Map
	isList := (l.how == asEnv || l.how == asSecrets) && l.typ.Kind() == reflect.Slice
	if l.sep != "" && !isList && !isMap {
		bad("sep is for lists and maps", "leave it out")
	}
	if l.keySep != "" && !isMap {
		bad("keysep is for maps", "leave it out")
	}
	return errs
}

// isDocument reports whether typ is a struct, or a pointer to one, that only JSON
// can fill.
func isDocument(typ reflect.Type) bool {
	if typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	return typ.Kind() == reflect.Struct && !isValue(typ)
}

// holds reports whether a value of typ can hold a value of the type what.
func holds(typ, what reflect.Type, seen map[reflect.Type]bool) bool {
	if typ == what {
		return true
	}
	if seen[typ] {
		return false
	}
	seen[typ] = true
	switch typ.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Array:
		return holds(typ.Elem(), what, seen)
	case reflect.Map:
		return holds(typ.Key(), what, seen) || holds(typ.Elem(), what, seen)
	case reflect.Struct:
		for i := range typ.NumField() {
			if holds(typ.Field(i).Type, what, seen) {
				return true
			}
		}
	}
	return false
}

// endless reports whether typ contains only itself, through pointers, lists and
// maps, so that no text can be a value of it.
func endless(typ reflect.Type) bool {
	seen := map[reflect.Type]bool{}
	for !seen[typ] && !isValueOfText(typ) {
		seen[typ] = true
		switch typ.Kind() {
		case reflect.Pointer, reflect.Slice, reflect.Array, reflect.Map:
			typ = typ.Elem()
		default:
			return false
		}
	}
	return seen[typ]
}

func isValueOfText(typ reflect.Type) bool {
	return typ != nil && typ.Name() != "" && isText(typ)
}
