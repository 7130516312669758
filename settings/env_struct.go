package settings

import (
	"errors"
	"reflect"
	"strconv"

	"github.com/caarlos0/env/v11"
)

// flat is a struct type made for package env: one field for each setting that env
// decodes, side by side, named after the setting's index. So env joins no prefix,
// chooses no default and looks for no variable, and each of its errors names exactly
// one setting.
type flat struct {
	typ     reflect.Type // nil if env has nothing to decode
	leaves  []int        // the index of each field's setting
	names   []string     // of the fields
	parsers map[reflect.Type]env.ParserFunc
	seen    map[reflect.Type]bool // the types that learn has looked at
}

// The tags of the flat struct. Their names differ from env's default names, because
// the element of a list may be a type that has env's own tags.
const (
	flatTag     = "secretmux-flat"
	flatPrefix  = "secretmux-flat-prefix"
	flatDefault = "secretmux-flat-default"
)

func newFlat(leaves []leaf) flat {
	f := flat{parsers: map[reflect.Type]env.ParserFunc{}, seen: map[reflect.Type]bool{}}
	var fields []reflect.StructField
	for i, l := range leaves {
		if l.how != asEnv {
			continue
		}
		name := flatName(i)
		tag := flatTag + `:"` + name + `"`
		if l.sep != "" {
			tag += " envSeparator:" + strconv.Quote(l.sep)
		}
		if l.keySep != "" {
			tag += " envKeyValSeparator:" + strconv.Quote(l.keySep)
		}
		fields = append(fields, reflect.StructField{Name: name, Type: l.typ, Tag: reflect.StructTag(tag)})
		f.leaves, f.names = append(f.leaves, i), append(f.names, name)
		f.learn(l.typ)
	}
	if len(fields) > 0 {
		f.typ = reflect.StructOf(fields)
	}
	return f
}

func flatName(i int) string { return "F" + strconv.Itoa(i) }

// leafOf is the inverse of flatName.
func leafOf(name string) (int, bool) {
	if name == "" {
		return 0, false
	}
	i, err := strconv.Atoi(name[1:])
	return i, err == nil
}

// decode sets the fields of target from texts, by flatName, and returns the
// leaves that failed.
func (f *flat) decode(leaves []leaf, texts map[string]string, target reflect.Value) []int {
	decoded, failed := f.parse(texts)
	var bad []int
	for n, i := range f.leaves {
		if _, ok := texts[f.names[n]]; !ok {
			continue
		}
		if failed[i] != nil {
			bad = append(bad, i)
			continue
		}
		target.FieldByIndex(leaves[i].index).Set(decoded.Field(n))
	}
	return bad
}

// parse decodes texts and returns the struct that holds them, and the error of each
// leaf that failed.
func (f *flat) parse(texts map[string]string) (reflect.Value, map[int]error) {
	into := reflect.New(f.typ)
	err := f.run(into.Interface(), texts)
	if err == nil {
		return into.Elem(), nil
	}
	var all env.AggregateError
	if !errors.As(err, &all) {
		return f.parseEach(texts)
	}
	failed := map[int]error{}
	for _, err := range all.Errors {
		var name string
		var parse env.ParseError
		var parser env.NoParserError
		switch {
		case errors.As(err, &parse):
			name = parse.Name
		case errors.As(err, &parser):
			name = parser.Name
		}
		i, ok := leafOf(name)
		if !ok {
			return f.parseEach(texts)
		}
		failed[i] = err
	}
	return into.Elem(), failed
}

// parseEach decodes one text after the other, in order to find the text that made the
// whole struct fail.
func (f *flat) parseEach(texts map[string]string) (reflect.Value, map[int]error) {
	into := reflect.New(f.typ).Elem()
	failed := map[int]error{}
	for n, i := range f.leaves {
		name := f.names[n]
		text, ok := texts[name]
		if !ok {
			continue
		}
		one := reflect.New(f.typ)
		if err := f.run(one.Interface(), map[string]string{name: text}); err != nil {
			failed[i] = err
			continue
		}
		into.Field(n).Set(one.Elem().Field(n))
	}
	return into, failed
}

// run calls env, which reads only texts. A panic in a type's UnmarshalText becomes an
// error.
func (f *flat) run(into any, texts map[string]string) (err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("a text unmarshaler panicked")
		}
	}()
	return env.ParseWithOptions(into, env.Options{
		Environment: texts, FuncMap: f.parsers,
		TagName: flatTag, PrefixTagName: flatPrefix, DefaultValueTagName: flatDefault,
	})
}

// unsupported tries each type with a text and reports the types for which env has no
// parser.
func (f *flat) unsupported(leaves []leaf) []error {
	var errs []error
	for n, i := range f.leaves {
		var unknown env.NoParserError
		if errors.As(f.run(reflect.New(f.typ).Interface(), map[string]string{f.names[n]: "1"}), &unknown) {
			errs = append(errs, badTag(leaves[i].path, "its type can't be decoded from text",
				`write encoding:"json", or give the type an UnmarshalText`))
		}
	}
	return errs
}
