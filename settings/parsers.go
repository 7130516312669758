package settings

import (
	"encoding"
	"errors"
	"reflect"
	"strconv"

	"github.com/caarlos0/env/v11"
)

// learn adds the parsers that env lacks for a type and the types that it is made
// of: env reads int and uint with 32 bits, and no text unmarshalers in maps.
func (f *flat) learn(typ reflect.Type) {
	switch typ.Kind() {
	case reflect.Pointer, reflect.Slice:
		f.learn(typ.Elem())
		return
	case reflect.Map:
		for _, t := range []reflect.Type{typ.Key(), typ.Elem()} {
			if isText(t) && t.Kind() != reflect.Pointer {
				f.parsers[t] = textParser(t)
				continue
			}
			f.learn(t)
		}
		return
	}
	if isText(typ) {
		return
	}
	switch typ.Kind() {
	case reflect.Int:
		f.parsers[typ] = func(v string) (any, error) {
			n, err := strconv.ParseInt(v, 10, strconv.IntSize)
			return reflect.ValueOf(n).Convert(typ).Interface(), err
		}
	case reflect.Uint:
		f.parsers[typ] = func(v string) (any, error) {
			n, err := strconv.ParseUint(v, 10, strconv.IntSize)
			return reflect.ValueOf(n).Convert(typ).Interface(), err
		}
	}
}

func textParser(typ reflect.Type) env.ParserFunc {
	return func(v string) (any, error) {
		into := reflect.New(typ)
		err := unmarshalText(into, []byte(v))
		return into.Elem().Interface(), err
	}
}

// unmarshalText calls UnmarshalText of what into points to.
func unmarshalText(into reflect.Value, text []byte) (err error) {
	defer func() {
		if recover() != nil {
			err = errors.New("UnmarshalText panicked") // the panic's own value may be the text
		}
	}()
	u, ok := into.Interface().(encoding.TextUnmarshaler)
	if !ok {
		return errors.New("no text unmarshaler")
	}
	return u.UnmarshalText(text)
}
