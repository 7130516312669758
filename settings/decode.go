package settings

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"errors"
	"reflect"
	"strconv"
	"strings"

	"github.com/secretmux/secretmux"
)

// sourceDefault is the Source of a value from a default tag.
const sourceDefault = "default"

func (l *leaf) defaultValue() secretmux.Secret {
	return secretmux.NewSecret([]byte(l.text), secretmux.Meta{Source: sourceDefault})
}

// failure is a value that can't become the field's type. It quotes nothing.
type failure struct {
	leaf         int
	detail, hint string
}

// decode sets the fields of target from values, which has one value for each leaf. A
// zero Secret does not change its field.
func (p *plan) decode(values []secretmux.Secret, target reflect.Value) []failure {
	var failures []failure
	fail := func(i int, detail string) {
		failures = append(failures, failure{leaf: i, detail: detail, hint: p.leaves[i].hint(values[i].Reveal())})
	}
	texts := make(map[string]string, len(p.flat.leaves))
	for i := range p.leaves {
		l := &p.leaves[i]
		if values[i].IsZero() {
			continue
		}
		value, err := l.unwrap(values[i])
		field := target.FieldByIndex(l.index)
		switch {
		case err != nil:
			fail(i, "want "+l.encoding)
		case l.how == asSecrets:
			if !l.setSecrets(field, value) {
				fail(i, "want "+want(l))
			}
		case l.how != asEnv:
			if err := l.set(field, value); err != nil {
				fail(i, wrong(l, err))
			}
		case value.Equal(secretmux.Secret{}):
			if !setEmpty(field) {
				fail(i, "it is empty, want "+want(l))
			}
		default:
			text, hint := l.textOf(field, value.Reveal())
			if hint != "" {
				failures = append(failures, failure{leaf: i, detail: "want " + want(l), hint: hint})
			} else if text != "" {
				texts[flatName(i)] = text
			}
		}
	}
	if len(texts) > 0 {
		for _, i := range p.flat.decode(p.leaves, texts, target) {
			fail(i, "want "+want(&p.leaves[i]))
		}
	}
	return failures
}

// textOf sets the field if text is JSON, and returns the text that is still to be decoded:
// the whole, what JSON leaves of it, or nothing. A hint means that text can't be the field.
func (l *leaf) textOf(field reflect.Value, text string) (rest, hint string) {
	rest, isJSON, hint := l.fromJSON(field, text)
	switch {
	case hint != "":
		return "", hint
	case isJSON:
		return rest, ""
	case l.keyTwice(text):
		return "", hintKeyTwice
	}
	return text, ""
}

const (
	hintSpace   = "it starts or ends with white space"
	hintSpaced  = "there is white space around a separator"
	hintNoZones = `the time zone database is missing on this machine: import _ "time/tzdata", or install it`
)

// wrong says which values a field accepts. If one member of a document is wrong, it
// names the member. That is a name of the struct, and not of the document.
func wrong(l *leaf, err error) string {
	if errors.Is(err, errTwice) {
		return "want " + want(l) + ", and " + hintTwice
	}
	var member *json.UnmarshalTypeError
	if errors.As(err, &member) && member.Field != "" {
		return "want " + member.Type.String() + " for the member " + strconv.Quote(member.Field)
	}
	return "want " + want(l)
}

// unwrap undoes base64 or hex. The secret keeps its description.
func (l *leaf) unwrap(value secretmux.Secret) (secretmux.Secret, error) {
	var raw []byte
	var err error
	switch l.encoding {
	case encodingBase64:
		raw, err = unbase64(value.Reveal())
	case encodingHex:
		raw, err = hex.DecodeString(strings.TrimSpace(value.Reveal()))
	default:
		return value, nil
	}
	return value.WithValue(raw), err
}

// unbase64 accepts both alphabets of RFC 4648, with or without padding, and with line
// breaks, because tools differ in all three.
func unbase64(text string) ([]byte, error) {
	text = strings.TrimSpace(text)
	encoding := base64.StdEncoding
	if strings.ContainsAny(text, "-_") {
		encoding = base64.URLEncoding
	}
	if !strings.HasSuffix(text, "=") {
		encoding = encoding.WithPadding(base64.NoPadding)
	}
	return encoding.Strict().DecodeString(text)
}

// set decodes a field that package env can't decode.
func (l *leaf) set(field reflect.Value, value secretmux.Secret) error {
	switch l.how {
	case asSecret:
		field.Set(reflect.ValueOf(value))
		return nil
	case asBytes:
		field.SetBytes(value.Bytes())
		return nil
	case asJSON:
		return setJSON(field, value.Bytes())
	}
	into := field.Addr()
	if field.Kind() == reflect.Pointer {
		into = reflect.New(field.Type().Elem())
	}
	if err := unmarshalText(into, value.Bytes()); err != nil {
		return err
	}
	if field.Kind() == reflect.Pointer {
		field.Set(into)
	}
	return nil
}

func setJSON(field reflect.Value, text []byte) (err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("UnmarshalJSON panicked") // the panic's own value may be the text
		}
	}()
	if memberTwice(text) {
		return errTwice
	}
	return json.Unmarshal(text, field.Addr().Interface())
}

// setEmpty sets a field from an empty text, which package env treats as unset,
// and reports whether the type has such a value.
func setEmpty(field reflect.Value) bool {
	typ := field.Type()
	switch typ.Kind() {
	case reflect.String:
	case reflect.Slice:
		field.Set(reflect.MakeSlice(typ, 0, 0))
	case reflect.Map:
		field.Set(reflect.MakeMap(typ))
	case reflect.Pointer:
		if typ.Elem().Kind() != reflect.String {
			return false
		}
		field.Set(reflect.New(typ.Elem()))
	default:
		return false
	}
	return true
}
