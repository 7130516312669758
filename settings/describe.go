package settings

import (
	"reflect"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/providers/env"
)

// Field describes one setting of a struct, for documentation, an access policy or a
// check before a deployment. It holds no secret. A default is not a secret, because it is
// part of the program's source.
type Field struct {
	// Path is the place of the field in the struct, such as DB.Password.
	Path string
	// Ref is the reference of the field, such as db/creds#password, with the prefixes
	// of the structs around it. Document is Ref without its #field, such as db/creds. The
	// program reads this secret, and needs a permission for it.
	Ref, Document string
	// Key is the name of Document, such as DB_CREDS, as an environment variable or as a
	// key of a .env file. It is for a link without a prefix.
	Key string
	// Type is the Go type of the field.
	Type reflect.Type
	// Required says that Load fails if the secret is absent.
	Required bool
	// Default is the text of the default tag. HasDefault says whether there is one.
	Default    string
	HasDefault bool
	// Encoding is the encoding of the value: base64, hex, json, or empty for
	// plain text. It is json for a struct too.
	Encoding string
	// Rules is the validate tag. Desc is the desc tag.
	Rules, Desc string
}

// Describe returns the settings of the struct T in the order of its fields. The
// error is secretmux.ErrInvalid and joins all mistakes in T, such as a tag that
// contradicts another, a default that does not parse, or a type that can't be
// decoded. Describe does not check that the rules of validate tags exist: only
// Load knows the validator.
func Describe[T any]() ([]Field, error) {
	p, err := planOf[T]()
	if err != nil {
		return nil, err
	}
	fields := make([]Field, len(p.leaves))
	for i, l := range p.leaves {
		f := Field{
			Path: l.path, Ref: l.ref, Document: p.documents[l.document], Type: l.typ, Required: l.required(),
			Default: l.text, HasDefault: l.hasDefault, Encoding: l.encoding, Rules: l.rules, Desc: l.desc,
		}
		if f.Encoding == "" && l.how == asJSON {
			f.Encoding = encodingJSON
		}
		if r, err := secretmux.ParseRef(l.ref); err == nil {
			f.Key = env.Name("", r.Name)
		}
		fields[i] = f
	}
	return fields, nil
}
