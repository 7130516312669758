package secretmux_test

import (
	"errors"
	"testing"

	"github.com/secretmux/secretmux"
)

// The document and its pointers are those of RFC 6901, section 5, with numbers
// that differ where its do not.
const pointed = `{"foo":["bar","baz"],"":0,"a/b":1,"c%d":2,"e^f":3,"g|h":4,"i\\j":5,"k\"l":6," ":7,"m~n":8,
	"list":[{"x":"first"},["second"],"third",null],"deep":{"er":{"0":"zero","01":"one"}},"~1":9}`

func TestFieldByPointer(t *testing.T) {
	for pointer, want := range map[string]string{
		"/foo": `["bar","baz"]`, "/foo/0": "bar", "/foo/1": "baz", "/": "0", "/a~1b": "1", "/c%d": "2", "/e^f": "3", "/g|h": "4",
		`/i\j`: "5", `/k"l`: "6", "/ ": "7", "/m~0n": "8", "/~01": "9",
		"/list/0/x": "first", "/list/1/0": "second", "/list/2": "third", "/deep/er/0": "zero", "/deep/er/01": "one",
	} {
		t.Run(pointer, func(t *testing.T) {
			got, err := fieldOf(pointed, pointer)
			wantSecret(t, want)(got, err)
		})
	}
}

func TestFieldByPointerAbsent(t *testing.T) {
	for _, pointer := range []string{
		"/bar", "/foo/2", "/foo/-", "/foo/-1", "/foo/00", "/foo/01", "/foo/+1", "/foo/1.0", "/foo/ 1", "/foo/1e0", "/foo/", "/foo/x", "/foo/0x1",
		"/foo/99999999999999999999", "/foo/4294967296", "/foo/0/0", "/foo/0/", "/list/3", "/list/3/0", "/list/0/y", "/deep/er/1", "/deep/", "//", "/foo/١",
	} {
		got, err := fieldOf(pointed, pointer)
		wantClass(t, secretmux.ErrNotFound)(got, err)
		if !errors.Is(err, secretmux.ErrFieldNotFound) {
			t.Errorf("%s: %v", pointer, err)
		}
	}
}

func TestFieldOfField(t *testing.T) {
	outer, err := fieldOf(`{"db":{"password":"x"}}`, "db")
	if err != nil {
		t.Fatal(err)
	}
	got, err := outer.Field("password")
	wantSecret(t, "x")(got, err)
}
