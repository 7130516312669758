package settings

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/secretmux/secretmux"
)

const exampleHeader = "# Settings of this program. Copy it to .env and put the values in there: this file holds none.\n"

// Example writes a .env file for the struct T to w, without values. Commit it as
// .env.example. The file has one key for each secret, in the order of the fields. Comments
// above a key say its desc tag, its type, its default, and whether it is required. Fields
// of one JSON document share a key. The keys fit an env: or dotenv: link without a prefix.
//
// The errors are those of [Describe] and of w. If two secrets have the same key, the error
// is secretmux.ErrInvalid.
func Example[T any](w io.Writer) error {
	fields, err := Describe[T]()
	if err != nil {
		return err
	}
	keys, err := keysOf(fields)
	if err != nil {
		return err
	}
	var b strings.Builder
	b.WriteString(exampleHeader)
	for _, k := range keys {
		b.WriteString("\n")
		k.write(&b)
	}
	_, err = io.WriteString(w, b.String())
	return err
}

// key is one line of a .env file, with the fields that it fills.
type key struct {
	name   string
	fields []Field
}

func keysOf(fields []Field) ([]key, error) {
	var keys []key
	at := map[string]int{}    // by name
	of := map[string]string{} // the secret of each name
	var errs []error
	for _, f := range fields {
		r, err := secretmux.ParseRef(f.Ref)
		if err != nil {
			return nil, err
		}
		i, known := at[f.Key]
		switch {
		case !known:
			at[f.Key], of[f.Key] = len(keys), r.Name
			keys = append(keys, key{name: f.Key, fields: []Field{f}})
		case of[f.Key] != r.Name:
			errs = append(errs, &secretmux.Error{
				Op: "settings", Class: secretmux.ErrInvalid, Hint: "rename one of the two",
				Err: errors.New(f.Key + " is the key of both " + strconv.Quote(of[f.Key]) + " and " + strconv.Quote(r.Name)),
			})
		default:
			keys[i].fields = append(keys[i].fields, f)
		}
	}
	return keys, errors.Join(errs...)
}

func (k key) write(b *strings.Builder) {
	for _, f := range k.fields {
		in := ""
		if _, field, ok := strings.Cut(f.Ref, "#"); ok {
			in = strconv.Quote(field) + " of a JSON object: "
		}
		for line := range strings.Lines(f.Desc) {
			b.WriteString("# " + strings.TrimSpace(line) + "\n")
		}
		b.WriteString("# " + in + f.summary() + "\n")
		if f.Ref != strings.ToLower(k.name) { // the key itself does not show it
			b.WriteString("# from " + f.Ref + "\n")
		}
	}
	b.WriteString(k.name + "=\n")
}

func (f Field) summary() string {
	text := typeName(f.Type, nil)
	if f.Encoding != "" {
		text += " in " + f.Encoding
	}
	switch {
	case f.HasDefault:
		text += fmt.Sprintf(", default %q", f.Default)
	case f.Required:
		text += ", required"
	default:
		text += ", optional"
	}
	if f.Rules != "" {
		text += ", rules: " + f.Rules
	}
	return text
}

// typeName is the name of a type for readers who do not know Go. within are the lists
// around it, because a type may be a list of itself.
func typeName(typ reflect.Type, within []reflect.Type) string {
	if typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	switch {
	case typ == reflect.TypeFor[secretmux.Secret]():
		return "secret"
	case typ.Kind() == reflect.Slice && typ.Elem().Kind() == reflect.Uint8 && !isText(typ):
		return "bytes"
	case typ.Kind() == reflect.Slice && !isText(typ):
		if slices.Contains(within, typ) {
			return "list"
		}
		return "list of " + typeName(typ.Elem(), append(within, typ))
	case typ.Name() == "":
		return typ.Kind().String()
	}
	return typ.String()
}
