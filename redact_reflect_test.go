package secretmux_test

import (
	"reflect"
	"strings"
	"testing"
)

// reach collects every text that reflection can read below v, unexported fields
// included and methods ignored, as the dumpers of assertion libraries do.
func reach(v reflect.Value, seen map[uintptr]bool, found *[]string) {
	switch v.Kind() {
	case reflect.String:
		*found = append(*found, v.String())
	case reflect.Slice, reflect.Array:
		text := make([]byte, 0, v.Len())
		for i := range v.Len() {
			reach(v.Index(i), seen, found)
			if v.Index(i).Kind() == reflect.Uint8 {
				text = append(text, byte(v.Index(i).Uint()))
			}
		}
		*found = append(*found, string(text))
	case reflect.Map:
		for _, key := range v.MapKeys() {
			reach(key, seen, found)
			reach(v.MapIndex(key), seen, found)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			reach(v.Field(i), seen, found)
		}
	case reflect.Pointer:
		if v.IsNil() || seen[v.Pointer()] {
			return
		}
		seen[v.Pointer()] = true
		reach(v.Elem(), seen, found)
	case reflect.Interface:
		if !v.IsNil() {
			reach(v.Elem(), seen, found)
		}
	}
}

func TestSecretIsOutOfReflectionsReach(t *testing.T) {
	for name, value := range shapes() {
		t.Run(name, func(t *testing.T) {
			var found []string
			reach(reflect.ValueOf(value), map[uintptr]bool{}, &found)
			if name != "method value" && len(found) == 0 {
				t.Error("the walk found no text at all, not even the version")
			}
			wantRedacted(t, strings.Join(found, "\n"))
		})
	}
}

func TestReflectionReachesWhatIsNotInAClosure(t *testing.T) {
	type bare struct{ value *[]byte }
	value := []byte(canary)
	var found []string
	reach(reflect.ValueOf(bare{&value}), map[uintptr]bool{}, &found)
	if leakIn(strings.Join(found, "\n")) == "" {
		t.Error("the walk misses a byte slice behind a pointer, so it proves nothing")
	}
}
