package secretmux_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/secretmux/secretmux"
)

func fieldOf(doc, key string) (secretmux.Secret, error) {
	return secretmux.NewSecret([]byte(doc), secretmux.Meta{Source: "memory:"}).Field(key)
}

func TestFieldValues(t *testing.T) {
	cases := map[string]struct{ doc, key, want string }{
		"string":                 {`{"a":"x","b":"y"}`, "b", "y"},
		"white space":            {" \n{ \"a\" :\t\"x\" }\r\n", "a", "x"},
		"empty string":           {`{"a":""}`, "a", ""},
		"key with dots":          {`{"a.b.c":"x","a":{"b":{"c":"y"}}}`, "a.b.c", "x"},
		"key with a space":       {`{"a b":"x"}`, "a b", "x"},
		"key with a slash":       {`{"a/b":"x"}`, "a/b", "x"},
		"key in unicode":         {`{"pässwörd":"x"}`, "pässwörd", "x"},
		"key with an escape":     {`{"\u0061":"x"}`, "a", "x"},
		"key that is a question": {`{"a?version=1":"x"}`, "a?version=1", "x"},
		"escapes":                {`{"a":"\"\\\/\b\f\n\r\t\u00e4\ud83d\udd11"}`, "a", "\"\\/\b\f\n\r\tä🔑"},
		"NUL in a string":        {`{"a":"x\u0000y"}`, "a", "x\x00y"},
		"HTML is left alone":     {`{"a":"<&>\u2028"}`, "a", "<&>\u2028"},
		"a real U+FFFD":          {`{"a":"�"}`, "a", "�"},
		"an escaped U+FFFD":      {`{"a":"\uFFFD\ufffd"}`, "a", "��"},
		"integer":                {`{"a":5432}`, "a", "5432"},
		"20 digits":              {`{"a":12345678901234567890}`, "a", "12345678901234567890"},
		"float keeps its zero":   {`{"a":1.10}`, "a", "1.10"},
		"exponent":               {`{"a":1E+2}`, "a", "1E+2"},
		"negative zero":          {`{"a":-0}`, "a", "-0"},
		"beyond float64":         {`{"a":1e999}`, "a", "1e999"},
		"true":                   {`{"a":true}`, "a", "true"},
		"false":                  {`{"a":false}`, "a", "false"},
		"object":                 {`{"a": {"b": 1.10, "c": null} }`, "a", `{"b": 1.10, "c": null}`},
		"array":                  {`{"a":[1, "x"]}`, "a", `[1, "x"]`},
		"empty object":           {`{"a":{}}`, "a", `{}`},
		"PEM":                    {`{"a":"-----BEGIN X-----\nAA==\n-----END X-----\n"}`, "a", "-----BEGIN X-----\nAA==\n-----END X-----\n"},
		// One odd field never breaks another.
		"beside null":          {`{"b":null,"a":"x"}`, "a", "x"},
		"beside a twin":        {`{"b":1,"b":2,"a":"x"}`, "a", "x"},
		"beside half a pair":   {`{"b":"\ud800","a":"x"}`, "a", "x"},
		"beside a huge number": {`{"b":1e99999,"a":"x"}`, "a", "x"},
		"beside deep nesting":  {`{"b":` + strings.Repeat("[", 500) + strings.Repeat("]", 500) + `,"a":"x"}`, "a", "x"},
		"beside the empty key": {`{"":1,"a":"x"}`, "a", "x"},
		"beside another case":  {`{"A":"y","a":"x"}`, "a", "x"},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			got, err := fieldOf(c.doc, c.key)
			wantSecret(t, c.want)(got, err)
		})
	}
}

func TestFieldAbsent(t *testing.T) {
	for name, c := range map[string]struct{ doc, key string }{
		"other key":     {`{"b":"` + canary + `"}`, "a"},
		"empty object":  {`{}`, "a"},
		"null":          {`{"a":null,"b":"` + canary + `"}`, "a"},
		"other case":    {`{"A":"` + canary + `"}`, "a"},
		"no path":       {`{"a":{"b":"` + canary + `"}}`, "a.b"},
		"pointer":       {`{"a":{"b":"` + canary + `"}}`, "/a/c"},
		"below a text":  {`{"a":"` + canary + `"}`, "/a/b"},
		"below a null":  {`{"a":null}`, "/a/b"},
		"pointer: null": {`{"a":{"b":null}}`, "/a/b"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := fieldOf(c.doc, c.key)
			wantClass(t, secretmux.ErrNotFound)(got, err)
			noLeak(t, err)
			var e *secretmux.Error
			if !errors.Is(err, secretmux.ErrFieldNotFound) || !errors.As(err, &e) || e.Name != c.key || e.Source != "memory:" || e.Hint == "" {
				t.Errorf("the error does not name the field: %v", err)
			}
		})
	}
}

func TestFieldOfWhatIsNoObject(t *testing.T) {
	for name, doc := range map[string]string{
		"empty": "", "white space": " ", "text": canary, "JSON string": `"` + canary + `"`, "number": "12", "null": "null", "true": "true",
		"array": `["` + canary + `"]`, "array of objects": `[{"a":"` + canary + `"}]`, "binary": "\x00\xff" + canary,
		"no end": `{"a":"` + canary + `"`, "cut in a string": `{"a":"` + canary, "cut in a key": `{"` + canary, "no colon": `{"a" "` + canary + `"}`,
		"trailing comma": `{"a":"` + canary + `",}`, "trailing data": `{"a":"` + canary + `"}x`, "two documents": `{"a":"x"}{"a":"` + canary + `"}`,
		"trailing NUL": "{\"a\":\"x\"}\x00", "single quotes": `{'a':'` + canary + `'}`, "bare key": `{a:"` + canary + `"}`, "comment": `{"a":"x"/*` + canary + `*/}`,
		"byte order mark": "\ufeff" + `{"a":"` + canary + `"}`, "not UTF-8": "{\"a\":\"x\",\"b\":\"\xff" + canary + "\"}", "raw newline": "{\"a\":\"x\n" + canary + "\"}",
		"leading zero": `{"a":01}`, "plus": `{"a":+1}`, "NaN": `{"a":NaN}`, "bad escape": `{"a":"\x` + canary + `"}`, "short escape": `{"a":"\u12"}`,
		"error after the field": `{"a":"x","b":` + canary + `}`, "too deep": `{"a":` + strings.Repeat("[", 20000) + strings.Repeat("]", 20000) + `}`,
	} {
		t.Run(name, func(t *testing.T) {
			for _, key := range []string{"a", "/a", "/a/b", "/0"} {
				_, err := fieldOf(doc, key)
				wantInvalid(t, err)
				if errors.Is(err, secretmux.ErrNotFound) {
					t.Errorf("%s: a broken document passes for an absent field: %v", key, err)
				}
			}
		})
	}
}

func TestFieldAmbiguous(t *testing.T) {
	for name, c := range map[string]struct{ doc, key string }{
		"twice":                {`{"a":"` + canary + `","a":"` + canary + `"}`, "a"},
		"twice, one null":      {`{"a":null,"a":"` + canary + `"}`, "a"},
		"twice by an escape":   {`{"a":"x","\u0061":"` + canary + `"}`, "a"},
		"twice on the path":    {`{"a":{"b":1},"a":{"b":2}}`, "/a/b"},
		"high half":            {`{"a":"\ud800"}`, "a"},
		"low half":             {`{"a":"\udc00` + canary + `"}`, "a"},
		"halves swapped":       {`{"a":"\udc00\ud800"}`, "a"},
		"two high halves":      {`{"a":"\ud83d\ud83d\udd11"}`, "a"},
		"half before a letter": {`{"a":"\ud83dxudd11"}`, "a"},
		"half beside U+FFFD":   {`{"a":"\ufffd\ud800"}`, "a"},
		"half after text":      {`{"a":"\\ufffd\ud800"}`, "a"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := fieldOf(c.doc, c.key)
			wantInvalid(t, err)
		})
	}
}

func TestFieldKeyIsChecked(t *testing.T) {
	for name, key := range map[string]string{
		"empty": "", "hash": "a#" + canary, "NUL": "a\x00" + canary, "newline": canary + "\n", "not UTF-8": canary + "\xff",
		"long": strings.Repeat(canary, 100), "bare tilde": "/a~" + canary, "other escape": "/a~2" + canary, "tilde at the end": "/" + canary + "~",
	} {
		_, err := fieldOf(`{"a":"x"}`, key)
		if !errors.Is(err, secretmux.ErrInvalid) {
			t.Errorf("%s: %v", name, err)
		}
		noLeak(t, err)
	}
}

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

func TestBrokenDocumentIsToldFromNone(t *testing.T) {
	for value, want := range map[string]string{
		`{"user":"u"`: "mend the JSON", `{"user" "u"}`: "mend the JSON", `{"user":"u"} x`: "mend the JSON",
		`hunter2`: "leave out #field", `["a"]`: "leave out #field", ``: "leave out #field",
	} {
		_, err := secretmux.NewSecret([]byte(value), secretmux.Meta{}).Field("user")
		if !errors.Is(err, secretmux.ErrInvalid) || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want ErrInvalid with %q", value, err, want)
		}
	}
}

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
