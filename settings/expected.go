package settings

import (
	"io/fs"
	"net/url"
	"reflect"
	"time"

	"github.com/secretmux/secretmux"
)

// wantOf has the types that are read in a form of their own.
var wantOf = map[reflect.Type]string{ //nolint:gochecknoglobals // a constant list
	reflect.TypeFor[time.Time]():     "a time such as 2006-01-02T15:04:05Z",
	reflect.TypeFor[time.Duration](): "a duration such as 1m30s",
	reflect.TypeFor[url.URL]():       "a URL",
	reflect.TypeFor[time.Location](): "a time zone such as Europe/Berlin",
	reflect.TypeFor[fs.FileMode]():   "the mode of a file such as 0600",
}

// want says which values a field accepts, for the person who has to correct the
// value.
func want(l *leaf) string {
	typ := l.typ
	if typ.Kind() == reflect.Pointer {
		typ = typ.Elem()
	}
	if l.how == asJSON {
		return "JSON for " + typ.String()
	}
	if own, ok := wantOf[typ]; ok {
		return own
	}
	if l.how == asText {
		return typ.String()
	}
	switch typ.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return "a whole number that fits " + typ.Kind().String()
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return "a whole number, not negative, that fits " + typ.Kind().String()
	case reflect.Float32, reflect.Float64:
		return "a number"
	case reflect.Slice:
		if typ.Elem() == reflect.TypeFor[secretmux.Secret]() {
			return "a list, or a JSON list of texts"
		}
		return "a list of " + typ.Elem().String()
	case reflect.Map:
		return "pairs of " + typ.Key().String() + " and " + typ.Elem().String()
	}
	return typ.String()
}
