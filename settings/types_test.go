package settings_test

import (
	"encoding/json"
	"errors"
	"log/slog"
	"math"
	"net/netip"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/settings"
)

type (
	port int
	mode string
)

// level has an UnmarshalText of its own, which quotes its input.
type level struct{ n int }

func (l *level) UnmarshalText(text []byte) error {
	switch string(text) {
	case "low":
		l.n = 1
	case "panic":
		panic(canary)
	default:
		return errors.New("no level: " + string(text))
	}
	return nil
}

// Each row is read into a struct with one field.
type (
	plain[T any] struct{ Value T }
	in64[T any]  struct {
		Value T `encoding:"base64"`
	}
	inHex[T any] struct {
		Value T `encoding:"hex"`
	}
	inJSON[T any] struct {
		Value T `encoding:"json"`
	}
	semi[T any] struct {
		Value T `sep:";" keysep:"="`
	}
	doc[T any] struct {
		Value T `secret:"value"`
	}
	doc64[T any] struct {
		Value T `secret:"value" encoding:"base64"`
	}
)

type creds struct {
	User  string   `json:"user"`
	Hosts []string `json:"hosts"`
}

// kind is one row: how to read a struct of one field, and its value.
type kind struct {
	name  string
	read  func(t *testing.T, text string) (any, error)
	good  map[string]any
	wrong []string // each text brings the canary into the decoder
}

func reader[S any](t *testing.T, text string) (any, error) {
	t.Helper()
	got, err := load[S](t, set(text), settings.Options{})
	return reflect.ValueOf(got).Field(0).Interface(), err
}

func ptr[T any](v T) *T { return &v }

func kinds() []kind {
	day := time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC)
	return []kind{
		{"string", reader[plain[string]], map[string]any{"a b": "a b", "": "", " x ": " x "}, nil},
		{"named string", reader[plain[mode]], map[string]any{"fast": mode("fast"), "": mode("")}, nil},
		{"bool", reader[plain[bool]], map[string]any{"true": true, "0": false}, []string{"", canary, "yes"}},
		{"int", reader[plain[int]], map[string]any{"-9223372036854775808": math.MinInt64}, []string{"", canary, "1.5", " 1", "9223372036854775808"}},
		{"named int", reader[plain[port]], map[string]any{"5000000000": port(5000000000)}, []string{canary}},
		{"int8", reader[plain[int8]], map[string]any{"-128": int8(-128)}, []string{"128", canary}},
		{"int16", reader[plain[int16]], map[string]any{"32767": int16(32767)}, []string{"32768", canary}},
		{"int32", reader[plain[int32]], map[string]any{"1": int32(1)}, []string{"2147483648", canary}},
		{"int64", reader[plain[int64]], map[string]any{"1": int64(1)}, []string{canary}},
		{"uint", reader[plain[uint]], map[string]any{"18446744073709551615": uint(math.MaxUint64)}, []string{"-1", canary}},
		{"uint8", reader[plain[uint8]], map[string]any{"255": uint8(255)}, []string{"256", canary}},
		{"uint16", reader[plain[uint16]], map[string]any{"1": uint16(1)}, []string{canary}},
		{"uint32", reader[plain[uint32]], map[string]any{"1": uint32(1)}, []string{canary}},
		{"uint64", reader[plain[uint64]], map[string]any{"1": uint64(1)}, []string{canary}},
		{"float32", reader[plain[float32]], map[string]any{"1.5": float32(1.5)}, []string{canary}},
		{"float64", reader[plain[float64]], map[string]any{"1e3": 1000.0}, []string{canary, ""}},
		{"duration", reader[plain[time.Duration]], map[string]any{"1m30s": 90 * time.Second}, []string{canary, "", "5"}},
		{"time", reader[plain[time.Time]], map[string]any{"2026-02-03T04:05:06Z": day}, []string{canary, ""}},
		{"location", reader[plain[*time.Location]], map[string]any{"UTC": time.UTC}, []string{canary}},
		{"url", reader[plain[url.URL]], map[string]any{"https://h/p?q=1": url.URL{Scheme: "https", Host: "h", Path: "/p", RawQuery: "q=1"}}, []string{"", "http://" + canary + "\x7f"}},
		{"*url", reader[plain[*url.URL]], map[string]any{"s://h": &url.URL{Scheme: "s", Host: "h"}}, []string{"", "%" + canary}},
		{"text", reader[plain[level]], map[string]any{"low": level{1}}, []string{canary, "", "panic"}},
		{"*text", reader[plain[*level]], map[string]any{"low": &level{1}}, []string{canary}},
		{"slog.Level", reader[plain[slog.Level]], map[string]any{"warn": slog.LevelWarn}, []string{canary}},
		{"addr", reader[plain[netip.Addr]], map[string]any{"::1": netip.IPv6Loopback()}, []string{canary}},
		{"*int", reader[plain[*int]], map[string]any{"5000000000": ptr(5000000000)}, []string{canary, ""}},
		{"*string", reader[plain[*string]], map[string]any{"": ptr(""), "a": ptr("a")}, nil},
		{"bytes", reader[plain[[]byte]], map[string]any{"a,b\x00": []byte("a,b\x00"), "": []byte{}}, nil},
		{"raw JSON", reader[plain[json.RawMessage]], map[string]any{"{}": json.RawMessage("{}")}, nil},
		{"strings", reader[plain[[]string]], map[string]any{"a,b": []string{"a", "b"}, "": []string{}}, nil},
		{"ints", reader[plain[[]int]], map[string]any{"1,5000000000": []int{1, 5000000000}}, []string{"1," + canary}},
		{"*ints", reader[plain[[]*int]], map[string]any{"1": []*int{ptr(1)}}, []string{canary}},
		{"texts", reader[plain[[]level]], map[string]any{"low,low": []level{{1}, {1}}}, []string{"low," + canary, "panic"}},
		{"urls", reader[plain[[]url.URL]], map[string]any{"s://h": []url.URL{{Scheme: "s", Host: "h"}}}, []string{"%" + canary}},
		{"semicolons", reader[semi[map[string]int]], map[string]any{"a=1;b=2": map[string]int{"a": 1, "b": 2}}, []string{canary, "a=" + canary}},
		{"map", reader[plain[map[string]string]], map[string]any{"a:1,b:2:3": map[string]string{"a": "1", "b": "2:3"}, "": map[string]string{}}, []string{canary}},
		{"map of texts", reader[plain[map[string]slog.Level]], map[string]any{"a:warn": map[string]slog.Level{"a": slog.LevelWarn}}, []string{"a:" + canary}},
		{"base64 bytes", reader[in64[[]byte]], map[string]any{"AP8=": []byte{0, 255}, "AP8": []byte{0, 255}, "_-8=": []byte{255, 239}, "\nAP8=\n": []byte{0, 255}}, []string{canary + "!", "A", "AP9=", "+-AA"}},
		{"base64 string", reader[in64[string]], map[string]any{"aGk=": "hi"}, []string{"!" + canary}},
		{"base64 document", reader[doc64[*creds]], map[string]any{"eyJ1c2VyIjoidSJ9": &creds{User: "u"}}, []string{"!" + canary}},
		{"hex bytes", reader[inHex[[]byte]], map[string]any{"00ff": []byte{0, 255}, "": []byte{}}, []string{canary, "0"}},
		{"document", reader[doc[creds]], map[string]any{`{"user":"u","hosts":["a"]}`: creds{"u", []string{"a"}}}, []string{"", canary, `{"user":"` + canary, `{"hosts":"` + canary + `"}`}},
		{"*document", reader[doc[*creds]], map[string]any{`{"user":"u"}`: &creds{User: "u"}}, []string{`{"user":1, "` + canary + `":`}},
		{"JSON list", reader[inJSON[[]string]], map[string]any{`["a","b,c"]`: []string{"a", "b,c"}}, []string{canary}},
		{"JSON map", reader[inJSON[map[string]any]], map[string]any{`{"a":{"b":true}}`: map[string]any{"a": map[string]any{"b": true}}}, []string{`{"` + canary}},
	}
}

func TestEveryType(t *testing.T) {
	for _, k := range kinds() {
		t.Run(k.name, func(t *testing.T) {
			for text, want := range k.good {
				got, err := k.read(t, text)
				if err != nil || !reflect.DeepEqual(got, want) {
					t.Errorf("%q is %#v, %v; want %#v", text, got, err, want)
				}
			}
			for _, text := range k.wrong {
				_, err := k.read(t, text)
				problems := problemsIn(t, err)
				if len(problems) != 1 {
					t.Fatalf("%q: %v, want one problem", text, err)
				}
				p := problems[0]
				if !errors.Is(p.Class, settings.ErrUnparsable) || !errors.Is(err, secretmux.ErrInvalid) ||
					p.Field != "Value" || p.Ref != "value" || p.Source != "memory:" || p.Detail == "" {
					t.Errorf("%q: %+v", text, p)
				}
			}
		})
	}
}

func TestSecretKeepsWhatIsKnownOfIt(t *testing.T) {
	type config struct {
		Plain   secretmux.Secret
		Encoded secretmux.Secret `encoding:"base64"`
		Field   secretmux.Secret `secret:"doc#key"`
	}
	r := newRig(t, nil)
	created := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	meta := secretmux.Meta{Version: "v7", Created: created, Expires: created.AddDate(100, 0, 0)}
	for name, value := range map[string]string{"plain": canary, "encoded": "aGk=", "doc": `{"key":"` + canary + `"}`} {
		r.memory.Put(name, []byte(value), meta)
	}
	c, err := settings.Load[config](t.Context(), r.store, settings.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for want, s := range map[string]secretmux.Secret{canary: c.Plain, "hi": c.Encoded} {
		if s.Reveal() != want || s.Version() != "v7" || s.Source() != "memory:" || !s.Created().Equal(created) || !s.Expires().Equal(meta.Expires) {
			t.Errorf("a Secret lost something: version %s, source %s", s.Version(), s.Source())
		}
	}
	if !c.Field.Equal(c.Plain) || c.Field.Version() != "v7" {
		t.Errorf("the field of a document: version %s", c.Field.Version())
	}
	noLeak(t, errors.New(sprint(c)))
}

// tagged has tags of package env, which this package must ignore.
type tagged struct {
	Name  string
	Extra string `env:"HOME" envDefault:"extra"`
}

func (g *tagged) UnmarshalText(text []byte) error {
	g.Name = string(text)
	return nil
}

// Other libraries may have tags beside ours, and inside the types of values.
func TestTagsOfOtherPackagesMeanNothing(t *testing.T) {
	type config struct {
		Value  string `secret:"value" env:"OTHER,required" envDefault:"extra"`
		Items  []tagged
		Single tagged
		Doc    struct {
			Key string `json:"key" env:"HOME" envDefault:"extra"`
		} `secret:"doc"`
	}
	got := mustLoad[config](t, map[string]string{"value": "v", "items": "a,b", "single": "c", "doc": "{}"})
	want := config{Value: "v", Items: []tagged{{Name: "a"}, {Name: "b"}}, Single: tagged{Name: "c"}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestWhiteSpaceIsHintedAt(t *testing.T) {
	_, err := load[plain[int]](t, set("80\n"), settings.Options{})
	if p := problemsIn(t, err)[0]; p.Hint == "" {
		t.Errorf("%v: want a hint at the white space", p)
	}
	for text, load := range map[string]func(map[string]string) error{
		"1, 2": func(s map[string]string) error { _, err := load[plain[[]int]](t, s, settings.Options{}); return err },
		"1 ,2": func(s map[string]string) error { _, err := load[plain[[]int]](t, s, settings.Options{}); return err },
		"a: 1": func(s map[string]string) error {
			_, err := load[plain[map[string]int]](t, s, settings.Options{})
			return err
		},
	} {
		if p := problemsIn(t, load(set(text)))[0]; !strings.Contains(p.Hint, "white space") {
			t.Errorf("%q: %v", text, p)
		}
	}
}

// JSON in a list or a map is JSON: brackets and quotes are not part of the items.
func TestListsAndMapsInJSON(t *testing.T) {
	type lists struct {
		Hosts []string `secret:"db#hosts"`
		Ports []int    `secret:"ports"`
		Waits []time.Duration
		Pairs map[string]int
		Modes map[string]time.Duration
		None  []string
		Keys  []secretmux.Secret
		More  []secretmux.Secret `sep:";"`
	}
	got := mustLoad[lists](t, map[string]string{
		"db": `{"hosts":["a","b,c"]}`, "ports": "[1, 2]", "waits": `["1s","2m"]`, "pairs": `{"a": 1}`, "modes": `{"x":"3s"}`, "none": " [] ",
		"keys": `["k1","k,2"]`, "more": "m1;m2",
	})
	if !slices.Equal(got.Hosts, []string{"a", "b,c"}) || !slices.Equal(got.Ports, []int{1, 2}) || !slices.Equal(got.Waits, []time.Duration{time.Second, 2 * time.Minute}) ||
		got.Pairs["a"] != 1 || got.Modes["x"] != 3*time.Second || len(got.None) != 0 {
		t.Errorf("%+v", got)
	}
	if len(got.Keys) != 2 || got.Keys[1].Reveal() != "k,2" || len(got.More) != 2 || got.More[0].Reveal() != "m1" || got.More[0].Source() == "" {
		t.Errorf("%d and %d secrets", len(got.Keys), len(got.More))
	}
	for _, text := range []string{`["` + canary, `[1,"` + canary + `"]`, `[null]`, `[["` + canary + `"]]`, `{"a":1}`} {
		_, err := load[plain[[]int]](t, set(text), settings.Options{})
		problemsIn(t, err)
	}
	for _, text := range []string{`[5]`, `[{"a":"` + canary + `"}]`} {
		_, err := load[plain[[]time.Duration]](t, set(text), settings.Options{})
		problemsIn(t, err)
	}
	_, err := load[plain[[]secretmux.Secret]](t, set(`["`+canary+`",1]`), settings.Options{})
	problemsIn(t, err)
}

// If one member of a document is wrong, the error names it.
func TestAWrongMemberIsNamed(t *testing.T) {
	type doc struct {
		Host string
		Deep struct {
			Port int `json:"port"`
		} `json:"deep"`
	}
	type config struct {
		Doc doc `secret:"doc"`
	}
	_, err := load[config](t, map[string]string{"doc": `{"host":"h","deep":{"port":"` + canary + `"}}`}, settings.Options{})
	if p := problemsIn(t, err)[0]; p.Detail != `want int for the member "deep.port"` {
		t.Errorf("%q", p.Detail)
	}
}

func TestTimeZones(t *testing.T) {
	got := mustLoad[plain[time.Location]](t, set("Local"))
	noon := time.Date(2026, 7, 1, 12, 0, 0, 0, time.UTC)
	if _, want := noon.In(time.Local).Zone(); true {
		if _, offset := noon.In(&got.Value).Zone(); offset != want || got.Value.String() != "Local" {
			t.Errorf("Local is %s with an offset of %d, want %d", got.Value.String(), offset, want)
		}
	}
	if got := mustLoad[plain[*time.Location]](t, set("America/New_York")); got.Value.String() != "America/New_York" {
		t.Errorf("%s", got.Value)
	}
}
