package secretmux_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"testing"
	"unicode/utf8"

	"github.com/secretmux/secretmux"
)

// FuzzField checks Field against encoding/json: what the former returns is what
// the latter finds, and no error tells anything of the document.
func FuzzField(f *testing.F) {
	f.Add([]byte(pointed), "/list/0/x") // more seeds are in testdata
	f.Fuzz(func(t *testing.T, doc []byte, key string) {
		got, err := secretmux.NewSecret(doc, secretmux.Meta{}).Field(key)
		if err != nil {
			if class := secretmux.ClassOf(err); !errors.Is(class, secretmux.ErrInvalid) && !errors.Is(class, secretmux.ErrNotFound) {
				t.Fatalf("class %v", class)
			}
			if leakIn(key) == "" { // an absent field is named
				noLeak(t, err)
			}
			return
		}
		if key == "" || !json.Valid(doc) || !utf8.Valid(doc) {
			t.Fatal("a field of text that is not JSON")
		}
		if key[0] == '/' {
			return // TestFieldByPointer has the oracle for those
		}
		var members map[string]json.RawMessage
		if err := json.Unmarshal(doc, &members); err != nil {
			t.Fatalf("a field of no object: %v", err)
		}
		want := []byte(members[key])
		if want[0] == '"' {
			var text string
			if err := json.Unmarshal(want, &text); err != nil {
				t.Fatal(err)
			}
			want = []byte(text)
		}
		if !bytes.Equal(got.Bytes(), want) {
			t.Fatalf("got %q, want %q", got.Bytes(), want)
		}
	})
}
