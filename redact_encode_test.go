package secretmux_test

import (
	"bytes"
	"encoding"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
)

func TestSecretIsRedactedByEncoders(t *testing.T) {
	encoders := map[string]func(*bytes.Buffer, any) error{
		"json": func(out *bytes.Buffer, v any) error { return json.NewEncoder(out).Encode(v) },
		"json indented": func(out *bytes.Buffer, v any) error {
			text, err := json.MarshalIndent(v, "", " ")
			out.Write(text)
			return err
		},
		"xml": func(out *bytes.Buffer, v any) error { return xml.NewEncoder(out).Encode(v) },
		"gob": func(out *bytes.Buffer, v any) error { return gob.NewEncoder(out).Encode(v) },
	}
	for name, value := range shapes() {
		for encoder, encode := range encoders {
			t.Run(encoder+"/"+name, func(t *testing.T) {
				var out bytes.Buffer
				err := encode(&out, value) // some shapes have no encoding; then the error must not leak
				wantRedacted(t, out.String())
				noLeak(t, err)
			})
		}
	}
}

type xmlDocument struct {
	XMLName xml.Name           `json:"-" xml:"d"`
	Attr    secretmux.Secret   `xml:"attr,attr"`
	Child   secretmux.Secret   `xml:"child"`
	Ref     *secretmux.Secret  `xml:"ref"`
	Many    []secretmux.Secret `xml:"many"`
}

func TestSecretShowsRedactedInEncoders(t *testing.T) {
	s := canarySecret()
	d := xmlDocument{Attr: s, Child: s, Ref: &s, Many: []secretmux.Secret{s}}
	got, err := json.Marshal(d)
	if want := `{"Attr":"[redacted]","Child":"[redacted]","Ref":"[redacted]","Many":["[redacted]"]}`; err != nil || string(got) != want {
		t.Errorf("json is %s, %v", got, err)
	}
	got, err = xml.Marshal(d)
	if want := `<d attr="[redacted]"><child>[redacted]</child><ref>[redacted]</ref><many>[redacted]</many></d>`; err != nil || string(got) != want {
		t.Errorf("xml is %s, %v", got, err)
	}
	var out bytes.Buffer
	if err := gob.NewEncoder(&out).Encode(exported{s}); err != nil || !strings.Contains(out.String(), "[redacted]") {
		t.Errorf("gob is %q, %v", out.String(), err)
	}
	for _, value := range []any{s, &s} {
		text, err := value.(encoding.TextMarshaler).MarshalText()
		if string(text) != "[redacted]" || err != nil {
			t.Errorf("MarshalText gives %q, %v", text, err)
		}
		data, err := value.(encoding.BinaryMarshaler).MarshalBinary()
		if string(data) != "[redacted]" || err != nil {
			t.Errorf("MarshalBinary gives %q, %v", data, err)
		}
		data, err = value.(gob.GobEncoder).GobEncode()
		if string(data) != "[redacted]" || err != nil {
			t.Errorf("GobEncode gives %q, %v", data, err)
		}
	}
}

func TestSecretDoesNotDecode(t *testing.T) {
	var (
		s      secretmux.Secret
		holder exported
		many   []secretmux.Secret
		table  map[string]secretmux.Secret
	)
	stream := func(v any) *gob.Decoder {
		var out bytes.Buffer
		if err := gob.NewEncoder(&out).Encode(v); err != nil {
			t.Fatal(err)
		}
		return gob.NewDecoder(&out)
	}
	value := `"` + canary + `"`
	cases := map[string]error{
		"json string":         json.Unmarshal([]byte(value), &s),
		"json object":         json.Unmarshal([]byte(`{"a":`+value+`}`), &s),
		"json number":         json.Unmarshal([]byte(`12345`), &s),
		"json null":           json.Unmarshal([]byte(`null`), &s),
		"json in a struct":    json.Unmarshal([]byte(`{"Password":`+value+`}`), &holder),
		"json own output":     json.Unmarshal([]byte(`{"Password":"[redacted]"}`), &holder),
		"json in a slice":     json.Unmarshal([]byte(`[`+value+`]`), &many),
		"json in a map":       json.Unmarshal([]byte(`{"a":`+value+`}`), &table),
		"text":                s.UnmarshalText([]byte(canary)),
		"xml element":         xml.Unmarshal([]byte(`<Secret>`+canary+`</Secret>`), &s),
		"xml child":           xml.Unmarshal([]byte(`<exported><Password>`+canary+`</Password></exported>`), &holder),
		"xml attribute":       xml.Unmarshal([]byte(`<d attr="`+canary+`"></d>`), &xmlDocument{}),
		"only gob":            stream(canarySecret()).Decode(&s),
		"gob in a struct":     stream(exported{canarySecret()}).Decode(&holder),
		"gob bytes":           s.GobDecode([]byte(canary)),
		"binary":              s.UnmarshalBinary([]byte(canary)),
		"text of nothing":     s.UnmarshalText(nil),
		"binary of nothing":   s.UnmarshalBinary(nil),
		"json of empty value": json.Unmarshal([]byte(`""`), &s),
	}
	for name, err := range cases {
		t.Run(name, func(t *testing.T) { wantInvalid(t, err) })
	}
	if !s.IsZero() || !holder.Password.IsZero() {
		t.Error("a failed decoding changed the secret")
	}
}
