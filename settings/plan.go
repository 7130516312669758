package settings

import (
	"cmp"
	"encoding"
	"errors"
	"net/url"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/go-playground/validator/v10"

	"github.com/secretmux/secretmux"
)

// plan describes the type of a struct: its settings, and the documents that they are
// read from. It is immutable.
type plan struct {
	typ       reflect.Type
	leaves    []leaf
	documents []string // each once, in the order of the fields
	flat      flat
	validator func() *validator.Validate // the validator for Options without one
}

// plans holds a *plan or an error by type, because reading tags takes longer than
// reading kept secrets.
var plans sync.Map //nolint:gochecknoglobals // it depends on types alone, which are global

func planOf[T any]() (*plan, error) {
	typ := reflect.TypeFor[T]()
	known, ok := plans.Load(typ)
	if !ok {
		p, err := newPlan(typ)
		if err != nil {
			known, _ = plans.LoadOrStore(typ, err)
		} else {
			known, _ = plans.LoadOrStore(typ, p)
		}
	}
	if p, ok := known.(*plan); ok {
		return p, nil
	}
	err, _ := known.(error)
	return nil, err
}

func newPlan(typ reflect.Type) (*plan, error) {
	if typ.Kind() != reflect.Struct || isValue(typ) {
		return nil, &secretmux.Error{
			Op: "settings", Class: secretmux.ErrInvalid, Err: errors.New("the type is not a struct of settings"),
			Hint: "give a struct type, and not a pointer to one",
		}
	}
	p := &plan{typ: typ, validator: sync.OnceValue(NewValidator)}
	errs := p.walk(typ, "", "", nil)
	if len(errs) == 0 {
		errs = p.compile()
	}
	return p, errors.Join(errs...)
}

// walk adds the settings of a struct type.
func (p *plan) walk(typ reflect.Type, prefix, path string, index []int) []error {
	var errs []error
	for i := range typ.NumField() {
		f := typ.Field(i)
		tag, tagged := f.Tag.Lookup(tagSecret)
		if tag == "-" {
			continue
		}
		errs = append(errs, p.field(f, tag, tagged, prefix, path, append(slices.Clone(index), i))...)
	}
	return errs
}

// field adds the setting for a field, or the settings of the struct that the field
// holds.
func (p *plan) field(f reflect.StructField, tag string, tagged bool, prefix, path string, at []int) []error {
	var errs []error
	where := path + f.Name
	if stray := strayTags(f, where); len(stray) > 0 {
		return stray // other problems of the field would only confuse
	}
	switch {
	case !f.IsExported() && (!f.Anonymous || f.Type.Kind() != reflect.Struct):
	case tagged && tag == "":
		errs = append(errs, badTag(where, "the secret tag is empty", "leave out the tag to derive the name from the field's name"))
	case tagged:
		errs = append(errs, p.add(f, where, at, prefix+tag)...)
	case isValue(f.Type) && prefix == "" && slices.Contains(ofTheSystem, snake(f.Name)):
		errs = append(errs, badTag(where, "its name is also the name of a system variable", `name the secret in a tag, such as secret:"app/`+snake(f.Name)+`"`))
	case isValue(f.Type):
		errs = append(errs, p.add(f, where, at, prefix+snake(f.Name))...)
	case f.Type.Kind() == reflect.Pointer:
		errs = append(errs, badTag(where, "it is a pointer to a nested struct",
			"make it a struct, or give it a secret tag to read it from a JSON document"))
	default:
		errs = append(errs, nestedTags(f, where)...)
		if tag := f.Tag.Get(tagPrefix); loosePrefix(tag) {
			errs = append(errs, badTag(where, "the prefix has no separator at its end", "write a prefix such as db/ or db/creds#"))
		}
		errs = append(errs, p.walk(f.Type, prefix+prefixOf(f), where+".", at)...)
	}
	return errs
}

// prefixOf is the prefix of the references in a nested struct. Without a tag it
// is the field's name, so that two structs of one type don't read the same
// secrets.
func prefixOf(f reflect.StructField) string {
	prefix, ok := f.Tag.Lookup(tagPrefix)
	if !ok && !f.Anonymous {
		return snake(f.Name) + "/"
	}
	return prefix
}

func (p *plan) add(f reflect.StructField, path string, index []int, ref string) []error {
	l, errs := newLeaf(f, path, index, ref)
	r, err := secretmux.ParseRef(ref)
	if err != nil {
		return append(errs, badTag(path, "the prefixes and the secret tag do not form a valid reference",
			"write a name such as db/password or db/creds#password"))
	}
	l.ref, l.field = r.String(), r.Field
	r.Field = ""
	l.document = slices.Index(p.documents, r.String())
	if l.document < 0 {
		l.document = len(p.documents)
		p.documents = append(p.documents, r.String())
	}
	p.leaves = append(p.leaves, l)
	return errs
}

// compile prepares decoding and tries it on the defaults.
func (p *plan) compile() []error {
	p.flat = newFlat(p.leaves)
	errs := p.flat.unsupported(p.leaves)
	if len(errs) > 0 {
		return errs
	}
	defaults := make([]secretmux.Secret, len(p.leaves))
	for i, l := range p.leaves {
		if l.hasDefault {
			defaults[i] = l.defaultValue()
		}
	}
	for _, f := range p.decode(defaults, reflect.New(p.typ).Elem()) {
		if f.hint == hintNoZones {
			continue // the machine lacks the database; the struct is right
		}
		hint := cmp.Or(f.hint, "write the default as you would write the secret")
		errs = append(errs, badTag(p.leaves[f.leaf].path, "the default is unparsable: "+f.detail, hint))
	}
	return errs
}

// isValue reports whether a field of this type is one setting and not a struct of
// settings.
func isValue(typ reflect.Type) bool {
	if typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	switch typ {
	case reflect.TypeFor[secretmux.Secret](), reflect.TypeFor[url.URL](), reflect.TypeFor[time.Location]():
		return true
	}
	return typ.Kind() != reflect.Struct || isText(typ)
}

func isText(typ reflect.Type) bool {
	unmarshaler := reflect.TypeFor[encoding.TextUnmarshaler]()
	return typ.Implements(unmarshaler) || reflect.PointerTo(typ).Implements(unmarshaler)
}
