package mask_test

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/mask"
)

// reach collects the texts that reflection can read below v.
func reach(v reflect.Value, depth int, found *strings.Builder) {
	if depth > 12 {
		return
	}
	switch v.Kind() {
	case reflect.String:
		found.WriteString(v.String() + "\n")
	case reflect.Slice, reflect.Array:
		for i := range v.Len() {
			if v.Index(i).Kind() == reflect.Uint8 {
				found.WriteByte(byte(v.Index(i).Uint()))
				continue
			}
			reach(v.Index(i), depth+1, found)
		}
	case reflect.Map:
		for _, key := range v.MapKeys() {
			reach(key, depth+1, found)
			reach(v.MapIndex(key), depth+1, found)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			reach(v.Field(i), depth+1, found)
		}
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			reach(v.Elem(), depth+1, found)
		}
	}
}

func TestNothingPrintsAValue(t *testing.T) {
	set := setOf(mask.Options{}, canary)
	w := mask.NewWriter(&sink{}, set)
	_, _ = w.Write([]byte("held: " + canary[:12]))
	p := mask.Provider(secretmux.ProviderFunc(nil), set)
	var texts strings.Builder
	for _, v := range []any{set, *set, w, *w, p, []any{set, w}, struct{ s *mask.Set }{set}, struct{ w mask.Writer }{*w}} {
		for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
			fmt.Fprintf(&texts, verb, v)
		}
		j, _ := json.Marshal(v)
		texts.Write(j)
		reach(reflect.ValueOf(v), 0, &texts)
	}
	if got := texts.String(); strings.Contains(got, canary[:8]) {
		t.Errorf("a print of the types holds the value: %q", got)
	}
	var control strings.Builder
	reach(reflect.ValueOf(struct{ b *[]byte }{&[]byte{'Z', 'q'}}), 0, &control)
	if control.String() != "Zq" {
		t.Error("reach finds nothing at all, so it proves nothing")
	}
}
