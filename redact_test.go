package secretmux_test

import (
	"bytes"
	"encoding"
	"encoding/gob"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"html/template"
	"log"
	"log/slog"
	"strings"
	"testing"
	texttemplate "text/template"

	"github.com/secretmux/secretmux"
)

// canarySecret holds canary where a value belongs: only behind Reveal.
func canarySecret() secretmux.Secret {
	return secretmux.NewSecret([]byte(canary), secretmux.Meta{Version: "7", Source: "memory:"})
}

type exported struct{ Password secretmux.Secret }

type unexported struct{ password secretmux.Secret }

type pointers struct {
	Out *secretmux.Secret
	in  *secretmux.Secret
}

type nested struct {
	deep  unexported
	list  []secretmux.Secret
	table map[string]secretmux.Secret
	any   any
}

// shapes is a Secret in every place that it may be printed from.
func shapes() map[string]any {
	s := canarySecret()
	return map[string]any{
		"alone":             s,
		"pointer":           &s,
		"exported field":    exported{s},
		"unexported field":  unexported{s},
		"pointer to struct": &unexported{s},
		"pointer fields":    pointers{&s, &s},
		"slice":             []secretmux.Secret{s, s},
		"array":             [1]secretmux.Secret{s},
		"slice of pointers": []*secretmux.Secret{&s},
		"slice of structs":  []unexported{{s}},
		"map":               map[string]secretmux.Secret{"a": s},
		"map of structs":    map[string]unexported{"a": {s}},
		"interface":         []any{s, &s, unexported{s}},
		"nested":            nested{unexported{s}, []secretmux.Secret{s}, map[string]secretmux.Secret{"a": s}, s},
		"pointer to nested": &nested{unexported{s}, []secretmux.Secret{s}, map[string]secretmux.Secret{"a": s}, &s},
		"result":            secretmux.Result{Name: "a", Secret: s},
		"method value":      s.Reveal,
	}
}

func wantRedacted(t *testing.T, text string) {
	t.Helper()
	if piece := leakIn(text); piece != "" {
		t.Errorf("leaks %q: %s", piece, text)
	}
	hex := fmt.Sprintf("%x", canary[:4])
	decimal := strings.Trim(fmt.Sprint([]byte(canary[:4])), "[]")
	for _, coded := range []string{hex, strings.ToUpper(hex), decimal} {
		if strings.Contains(text, coded) {
			t.Errorf("leaks the value as numbers: %s", text)
		}
	}
}

func TestSecretIsRedactedByFmt(t *testing.T) {
	flags := []string{"", "+", "#", "-", " ", "0", "+#", "40", "-40", ".3", "40.30", "# ", "+-#0 40.30"}
	wrong, bad := "failed with %w", "%!" // in variables, as vet knows that they are mistakes
	for name, value := range shapes() {
		t.Run(name, func(t *testing.T) {
			for verb := 'A'; verb <= 'z'; verb++ {
				for _, flag := range flags {
					wantRedacted(t, fmt.Sprintf("%"+flag+string(verb), value))
				}
			}
			wantRedacted(t, fmt.Sprint(value))
			wantRedacted(t, fmt.Sprintln(value))
			wantRedacted(t, fmt.Sprintf(bad, value))
			wantRedacted(t, fmt.Sprintf("%[2]*[1]v", value, 5))
			wantRedacted(t, fmt.Errorf("failed with %v", value).Error())
			wantRedacted(t, fmt.Errorf(wrong, value).Error())
			wantRedacted(t, string(fmt.Appendf(nil, "%d %s", value, value)))
		})
	}
}

func TestSecretShowsRedactedByFmt(t *testing.T) {
	s := canarySecret()
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%X", "%d", "%t", "%e", "%b", "%o", "%U", "%c", "%40v", "%.3s"} {
		if got := fmt.Sprintf(verb, s); got != "[redacted]" {
			t.Errorf("%s prints %q", verb, got)
		}
		if got := fmt.Sprintf(verb, &s); got != "[redacted]" {
			t.Errorf("%s of a pointer prints %q", verb, got)
		}
	}
	if got := fmt.Sprintf("%+v", exported{s}); got != "{Password:[redacted]}" {
		t.Errorf("an exported field prints %q", got)
	}
	if s.String() != "[redacted]" || s.GoString() != "[redacted]" { // for printers that don't know Format
		t.Errorf("String is %q, GoString %q", s.String(), s.GoString())
	}
	if got := fmt.Sprintf("%T", s); got != "secretmux.Secret" {
		t.Errorf("%%T prints %q", got)
	}
}

func TestSecretIsRedactedByLogs(t *testing.T) {
	for name, value := range shapes() {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			for _, handler := range []slog.Handler{
				slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil),
				slog.NewTextHandler(&out, &slog.HandlerOptions{AddSource: true}).WithGroup("g"),
			} {
				l := slog.New(handler)
				l.Info("m", "k", value)
				l.Info("m", slog.Any("k", value), slog.Group("g", "k", value))
				l.With("k", value).WithGroup("g").Info("m", "k", value)
				l.Info(fmt.Sprint(value))
			}
			log.New(&out, "", 0).Println(value)
			if out.Len() == 0 {
				t.Fatal("nothing was logged")
			}
			wantRedacted(t, out.String())
		})
	}
}

func TestSecretShowsRedactedInLogs(t *testing.T) {
	var out bytes.Buffer
	slog.New(slog.NewTextHandler(&out, nil)).Info("m", "k", canarySecret(), slog.Group("g", "p", canarySecret()))
	if got := out.String(); !strings.Contains(got, "k=[redacted] g.p=[redacted]") {
		t.Errorf("the text handler prints %s", got)
	}
	out.Reset()
	slog.New(slog.NewJSONHandler(&out, nil)).Info("m", "k", canarySecret(), slog.Group("g", "p", canarySecret()))
	if got := out.String(); !strings.Contains(got, `"k":"[redacted]","g":{"p":"[redacted]"}`) {
		t.Errorf("the JSON handler prints %s", got)
	}
}

func TestSecretIsRedactedByTemplates(t *testing.T) {
	const text = `{{.}} {{print .}} {{printf "%s %x %d" . . .}} {{println .}}`
	for name, value := range shapes() {
		t.Run(name, func(t *testing.T) {
			var out bytes.Buffer
			if err := texttemplate.Must(texttemplate.New("t").Parse(text)).Execute(&out, value); err != nil && name != "method value" {
				t.Fatal(err)
			}
			if err := template.Must(template.New("t").Parse(text+`<a title="{{.}}">`)).Execute(&out, value); err != nil && name != "method value" {
				t.Fatal(err)
			}
			wantRedacted(t, out.String())
		})
	}
}

func TestSecretInErrors(t *testing.T) {
	err := errors.Join(fmt.Errorf("first %v: %w", canarySecret(), errors.New("second")), fmt.Errorf("third %+v", unexported{canarySecret()}))
	noLeak(t, err)
}

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
