package forms_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"html"
	"log/slog"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/secretmux/secretmux/internal/forms"
)

// values have something for each escaper to do.
var values = []string{
	"correct-horse-battery", "p@ss/w:rd?x=1&y#z", `quo"te\back'slash`, "spaces and+plus", "<tag attr='v'>&amp;",
	"tab\tnewline\nbell\a", "Zürich-日本語-🔑", "\xff\xfebinary\x00zero", "~!*'();,/?:@&=+$#[]", "\u2028lines\u2029apart",
	`"000000&`, "0000000\b\f", // which fuzzing found
}

// writers are the escapers of the standard library: what a program prints.
var writers = map[string]func(value string) string{
	"raw":                func(v string) string { return v },
	"base64":             func(v string) string { return strings.TrimRight(base64.StdEncoding.EncodeToString([]byte(v)), "=") },
	"base64url":          func(v string) string { return base64.RawURLEncoding.EncodeToString([]byte(v)) },
	"hex":                func(v string) string { return hex.EncodeToString([]byte(v)) },
	"HEX":                func(v string) string { return strings.ToUpper(hex.EncodeToString([]byte(v))) },
	"url.QueryEscape":    url.QueryEscape,
	"url.PathEscape":     url.PathEscape,
	"url.UserPassword":   func(v string) string { return url.UserPassword("", v).String()[1:] },
	"url.Values":         func(v string) string { return url.Values{"": {v}}.Encode()[1:] },
	"strconv.Quote":      func(v string) string { return inside(strconv.Quote(v)) },
	"json.Marshal":       func(v string) string { return inside(must(json.Marshal(v))) },
	"json.Marshal twice": func(v string) string { return inside(must(json.Marshal(inside(plainJSON(v))))) },
	"json.Marshal of it": func(v string) string { return inside(must(json.Marshal(inside(must(json.Marshal(v)))))) },
	"json without HTML":  func(v string) string { return inside(plainJSON(v)) },
	"slog JSON":          slogJSON,
	"html":               html.EscapeString,
	"shell":              func(v string) string { return strings.ReplaceAll(v, "'", `'\''`) },
}

func inside(quoted string) string { return quoted[1 : len(quoted)-1] }

func must(b []byte, err error) string {
	if err != nil {
		panic(err)
	}
	return string(b)
}

func plainJSON(v string) string {
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	if err := e.Encode(v); err != nil {
		panic(err)
	}
	return strings.TrimSpace(b.String())
}

func slogJSON(v string) string {
	var b bytes.Buffer
	slog.New(slog.NewJSONHandler(&b, &slog.HandlerOptions{ReplaceAttr: func(_ []string, a slog.Attr) slog.Attr {
		if a.Key != slog.MessageKey {
			return slog.Attr{}
		}
		return a
	}})).Info(v)
	return strings.TrimSuffix(strings.TrimPrefix(strings.TrimSpace(b.String()), `{"msg":"`), `"}`)
}

func texts(value string, floor int) []string {
	var all []string
	for _, f := range forms.Of([]byte(value), floor) {
		all = append(all, string(f.Text))
	}
	return all
}

func TestFormsAreWhatTheStandardLibraryWrites(t *testing.T) {
	for name, write := range writers {
		for _, v := range values {
			if want := write(v); !slices.Contains(texts(v, 6), want) {
				t.Errorf("%s of %q: %q is not among the forms", name, v, want)
			}
		}
	}
}

func FuzzForms(f *testing.F) {
	for _, v := range values {
		f.Add(v)
	}
	f.Fuzz(func(t *testing.T, v string) {
		if len(v) < 8 {
			return
		}
		all := texts(v, 6)
		for name, write := range writers {
			// What JSON makes of invalid UTF-8 twice over is an escaper's own affair.
			if want := write(v); !slices.Contains(all, want) {
				t.Errorf("%s of %q: %q is not among the forms", name, v, want)
			}
		}
		for i, text := range all {
			if len(text) < 6 || slices.Contains(all[:i], text) {
				t.Errorf("%q is short, or there twice", text)
			}
		}
	})
}

// In base64 of "user:" + value and of value + ":realm" the value's own characters
// must be among the forms, whatever is around it.
func TestBase64AtEachOffset(t *testing.T) {
	for _, v := range values {
		for _, encoding := range []*base64.Encoding{base64.StdEncoding, base64.URLEncoding} {
			for before := range 7 {
				text := encoding.EncodeToString([]byte("abcdefg"[:before] + v + "\xffend"))
				if !slices.ContainsFunc(texts(v, 8), func(form string) bool {
					return len(form) >= len(v)*8/6-2 && strings.Contains(text, form)
				}) {
					t.Errorf("%q behind %d bytes: no form is in %q", v, before, text)
				}
			}
		}
	}
}

func TestWrappedBase64(t *testing.T) {
	v := strings.Repeat("0123456789-abcdefghij", 9)
	whole := base64.StdEncoding.EncodeToString([]byte(v))
	for _, width := range []int{64, 76} {
		for line := range slices.Chunk([]byte(whole), width) {
			if len(line) >= 8 && !slices.Contains(texts(v, 8), string(line)) {
				t.Errorf("the line %q of width %d is not among the forms", line, width)
			}
		}
	}
}

func TestLines(t *testing.T) {
	pem := "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIabcdefgh\r\nshort\nijklmnopqrstuv\n-----END EC PRIVATE KEY-----\n"
	all := texts(pem, 6)
	for _, want := range []string{pem, strings.TrimSpace(pem), "MHcCAQEEIabcdefgh", "ijklmnopqrstuv"} {
		if !slices.Contains(all, want) {
			t.Errorf("%q is not among the forms", want)
		}
	}
	for _, frame := range []string{"-----BEGIN EC PRIVATE KEY-----", "-----END EC PRIVATE KEY-----", "short"} {
		if slices.Contains(all, frame) {
			t.Errorf("%q is a form: it is in other files too", frame)
		}
	}
	unix := "first line of it\nsecond line of it"
	if !slices.Contains(texts(unix, 6), "first line of it\r\nsecond line of it") {
		t.Error("the value with the line ends of Windows is not among the forms")
	}
	if slices.Contains(texts("{\n\"password\": \"x\"\n}", 6), `"password": "x"`) {
		t.Error("a line of a JSON document is a form")
	}
}

func TestTrimmedValues(t *testing.T) {
	for _, v := range []string{"hunter22\n", "  hunter22", `"hunter22"`, "'hunter22'\n"} {
		all := texts(v, 6)
		for _, want := range []string{v, "hunter22", base64.RawStdEncoding.EncodeToString([]byte("hunter22"))} {
			if !slices.Contains(all, want) {
				t.Errorf("%q: %q is not among the forms", v, want)
			}
		}
	}
}

func TestFloor(t *testing.T) {
	for _, text := range texts("abc", 6) {
		if len(text) < 6 {
			t.Errorf("%q is shorter than the floor", text)
		}
	}
	if got := texts("x", 1); !slices.Equal(got, []string{"x"}) {
		t.Errorf("forms of one byte are %q, want only it: its encodings are syllables", got)
	}
	if got := texts("", 1); len(got) != 0 {
		t.Errorf("the empty value has the forms %q", got)
	}
}

func TestXMLOfOthers(t *testing.T) {
	var b bytes.Buffer
	v := `a<b>"c"'d'&e-xyz`
	if err := xml.EscapeText(&b, []byte(v)); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		b.String(), `a&lt;b&gt;&quot;c&quot;&apos;d&apos;&amp;e-xyz`, `a&lt;b&gt;&quot;c&quot;&#x27;d&#x27;&amp;e-xyz`,
		`a&lt;b&gt;"c"'d'&amp;e-xyz`, `a&lt;b&gt;&quot;c&quot;'d'&amp;e-xyz`,
	} {
		if !slices.Contains(texts(v, 6), want) {
			t.Errorf("%q is not among the forms", want)
		}
	}
}

func TestForeignEscapers(t *testing.T) {
	tests := map[string][]string{
		"Zürich/\"🔑\" it's": {
			`Z\u00fcrich/\"\ud83d\udd11\" it's`,       // Python's json.dumps
			`Z\u00fcrich\/\"\ud83d\udd11\" it's`,      // PHP's json_encode
			`Z%C3%BCrich%2F%22%F0%9F%94%91%22%20it's`, // encodeURIComponent
			`Z%C3%BCrich/%22%F0%9F%94%91%22%20it%27s`, // Python's quote
			`Z%C3%BCrich%2F%22%F0%9F%94%91%22+it%27s`, // URLSearchParams
			`Zürich/"🔑" it'"'"'s`,                     // Python's shlex.quote
			"Z\x00\xfc\x00r\x00i\x00c\x00h\x00/\x00\"\x00\x3d\xd8\x11\xdd\"\x00 \x00i\x00t\x00'\x00s\x00", // PowerShell
		},
	}
	for v, wants := range tests {
		for _, want := range wants {
			if !slices.Contains(texts(v, 6), want) {
				t.Errorf("%q is not among the forms of %q", want, v)
			}
		}
	}
}

func TestLeaves(t *testing.T) {
	doc := `{"b":{"c/d":["x1","x2"],"~":"t"},"a":"one","":"empty key","n":12345678901234567890,"yes":true,"no":null,
		"inner":"{\"deep\":\"down\"}"}`
	var got []string
	forms.Leaves([]byte(doc), func(field string, text []byte) { got = append(got, field+"="+string(text)) })
	want := []string{
		"/=empty key", "a=one", "/b/c~1d/0=x1", "/b/c~1d/1=x2", "/b/~0=t", `inner={"deep":"down"}`, "inner=down",
		"n=12345678901234567890",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%q, want\n%q", got, want)
	}
	for _, plain := range []string{"", "text", `"text"`, "{", "[1", "12", "{} {}"} {
		forms.Leaves([]byte(plain), func(field string, _ []byte) { t.Errorf("%q has a leaf %q", plain, field) })
	}
}

// A document in a document in a document ends somewhere.
func TestLeavesAreBounded(t *testing.T) {
	doc := `["end"]`
	for range 12 {
		doc = "[" + strconv.Quote(doc) + "]"
		if len(doc) > 1<<16 {
			break
		}
	}
	n := 0
	forms.Leaves([]byte(doc), func(string, []byte) { n++ })
	if n != 4 {
		t.Errorf("%d texts were visited, want 4", n)
	}
}
