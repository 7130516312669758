package jsonobject_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"github.com/secretmux/secretmux/internal/jsonobject"
)

func read(doc, key string) (string, error) {
	o, err := jsonobject.Parse([]byte(doc))
	if err != nil {
		return "", err
	}
	raw, err := o.Lookup(key)
	if err != nil {
		return "", err
	}
	text, err := jsonobject.Text(raw)
	return string(text), err
}

func TestRead(t *testing.T) {
	const doc = `{"a":"x","a.b":1.50,"t":true,"o":{"k":[1,{"~/":"deep"}]},"":"empty","n":null,"u":"\u00e9\ud83d\ude00"}`
	for key, want := range map[string]string{
		"a": "x", "a.b": "1.50", "t": "true", "o": `{"k":[1,{"~/":"deep"}]}`, "/a": "x", "/": "empty", "": "empty",
		"/o/k/0": "1", "/o/k/1/~0~1": "deep", "u": "é😀",
	} {
		if got, err := read(doc, key); err != nil || got != want {
			t.Errorf("%q = %q, %v; want %q", key, got, err, want)
		}
	}
	for _, key := range []string{"absent", "n", "/o/x", "/o/k/2", "/o/k/01", "/o/k/-", "/a/b"} {
		if _, err := read(doc, key); !errors.Is(err, jsonobject.ErrAbsent) {
			t.Errorf("%q failed with %v, want ErrAbsent", key, err)
		}
	}
}

func TestReadRefuses(t *testing.T) {
	for doc, want := range map[string]error{
		``: jsonobject.ErrNotObject, `[]`: jsonobject.ErrNotObject, `"x"`: jsonobject.ErrNotObject, "{\"a\":\"\xff\"}": jsonobject.ErrNotObject,
		`{"a":1`: jsonobject.ErrBroken, `{"a":1} x`: jsonobject.ErrBroken, `{"a" 1}`: jsonobject.ErrBroken, `{"a":}`: jsonobject.ErrBroken,
		`{"a":1,"a":2}`: jsonobject.ErrTwice, `{"a":"\ud83d"}`: jsonobject.ErrNotText, `{"a":"\ude00\ud83d"}`: jsonobject.ErrNotText,
	} {
		if _, err := read(doc, "a"); !errors.Is(err, want) {
			t.Errorf("%s failed with %v, want %v", doc, err, want)
		}
	}
	if _, err := read(`{"o":{"a":1,"a":2}}`, "/o/a"); !errors.Is(err, jsonobject.ErrTwice) {
		t.Errorf("a key that is twice below failed with %v, want ErrTwice", err)
	}
}

// One key that is there twice makes the document ambiguous, whichever is asked for.
func TestUnique(t *testing.T) {
	once, _ := jsonobject.Parse([]byte(`{"a":1,"b":{"a":1}}`))
	twice, _ := jsonobject.Parse([]byte(`{"a":1,"b":2,"a":1}`))
	if err := once.Unique(); err != nil {
		t.Errorf("Unique = %v", err)
	}
	if err := twice.Unique(); !errors.Is(err, jsonobject.ErrTwice) {
		t.Errorf("Unique = %v, want ErrTwice", err)
	}
	if _, err := twice.Get("b"); err != nil {
		t.Errorf("the other key: %v", err)
	}
}

// What comes out of a document is in it, and no error quotes it.
func FuzzParse(f *testing.F) {
	f.Add(`{"a":"x","o":{"k":[1,2]},"a":null}`, "/o/k/1")
	f.Fuzz(func(t *testing.T, doc, key string) {
		text, err := read(doc, key)
		if err == nil && !json.Valid([]byte(doc)) {
			t.Errorf("%q is read from what is not JSON", text)
		}
		if err == nil && !strings.Contains(doc, `"`) && !bytes.Contains([]byte(doc), []byte(text)) {
			t.Errorf("%q is not in the document", text)
		}
		for _, known := range []error{
			jsonobject.ErrNotObject, jsonobject.ErrBroken, jsonobject.ErrTwice, jsonobject.ErrNotText, jsonobject.ErrAbsent,
		} {
			if err == nil || err == known { //nolint:errorlint // not even wrapped: a wrapper might quote
				return
			}
		}
		t.Errorf("an error of another kind: %T", err)
	})
}
