package settings

import (
	"encoding"
	"errors"
	"io/fs"
	"net/url"
	"reflect"
	"strconv"
	"time"

	"github.com/caarlos0/env/v11"
)

// learn adds the parsers that env lacks for a type and for the types that it consists
// of. env reads int and uint with 32 bits, and it does not use text unmarshalers in
// maps.
//
// A type may contain itself (type T []T). No text can be a value of it.
func (f *flat) learn(typ reflect.Type) {
	if f.seen[typ] {
		return
	}
	f.seen[typ] = true
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
	switch typ {
	case reflect.TypeFor[time.Location]():
		f.parsers[typ] = parseLocation
		return
	case reflect.TypeFor[url.URL]():
		f.parsers[typ] = parseURL
		return
	case reflect.TypeFor[fs.FileMode]():
		f.parsers[typ] = parseMode
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

// unmarshalText calls UnmarshalText of the value that into points to.
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

// parseLocation reads the name of a time zone. "Local" is the machine's own zone. It
// needs a case of its own, because a copy of time.Local says UTC until it was used
// once.
func parseLocation(name string) (any, error) {
	if name == "Local" {
		_, _ = time.Now().In(time.Local).Zone()
		return *time.Local, nil
	}
	loc, err := time.LoadLocation(name)
	if err != nil {
		return nil, err
	}
	return *loc, nil
}

// zonesMissing reports whether this machine has no time zone database, like many
// small images.
func zonesMissing() bool {
	_, err := time.LoadLocation("America/New_York")
	return err != nil
}
