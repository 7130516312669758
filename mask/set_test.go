package mask_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/mask"
)

func TestMask(t *testing.T) {
	tests := []struct {
		name string
		opts mask.Options
		text string
		want string
	}{
		{"a name", mask.Options{}, "a first-value b", "a [redacted:db/password] b"},
		{"no names", mask.Options{HideNames: true}, "a first-value b", "a [redacted] b"},
		{"two beside each other", mask.Options{}, "first-valueother-value", "[redacted:db/password][redacted:api/key]"},
		{"two that overlap", mask.Options{}, "first-value-long-tail", "[redacted]-tail"},
		{"two of one secret that overlap", mask.Options{}, "other-valueother-value", "[redacted:api/key][redacted:api/key]"},
		{"one in the other", mask.Options{}, "xx-first-value-xx", "[redacted:tls/key]"},
		{"excepted", mask.Options{Except: []string{"db/password"}}, "a first-value b", "a first-value b"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			values := []string{"first-value", "other-value", "xx-first-value-xx"}
			if tt.name == "two that overlap" {
				values[1] = "value-long"
			}
			if got := setOf(tt.opts, values...).Redact(tt.text); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func TestSharedValueHasNoName(t *testing.T) {
	set := setOf(mask.Options{}, "same-value", "same-value")
	if got := set.Redact("same-value"); got != "[redacted]" {
		t.Errorf("got %q, want no name: two references have the value", got)
	}
}

func TestFloor(t *testing.T) {
	set := setOf(mask.Options{}, "12345", "", "123456")
	if got, want := set.Redact("12345 123456"), "12345 [redacted:tls/key]"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := set.Unmasked(); !slices.Equal(got, []string{"db/password"}) {
		t.Errorf("unmasked are %q, want the one that is short, and not the empty one", got)
	}
	set.Add("db/password", secretOf("longer-now"))
	if got := set.Unmasked(); len(got) != 0 {
		t.Errorf("unmasked are %q after the secret got a longer value", got)
	}
	for _, least := range []int{1, -1} {
		all := setOf(mask.Options{MinLength: least}, "12345", "", "6")
		if got, want := all.Redact("12345 6"), "[redacted:db/password] [redacted:tls/key]"; got != want {
			t.Errorf("MinLength %d: got %q, want %q", least, got, want)
		}
		if got := all.Unmasked(); len(got) != 0 {
			t.Errorf("MinLength %d: unmasked are %q", least, got)
		}
	}
}

// A value of the largest kind is masked by itself and by its lines; a larger one is
// told.
func TestLongValues(t *testing.T) {
	long := strings.Repeat("0123456789abcdef-line-of-a-keystore\n", 4000) // 144 kB
	set := setOf(mask.Options{}, long, strings.Repeat("x", mask.MaxLength+1))
	for text, want := range map[string]string{
		long: "[redacted:db/password]", "line: 0123456789abcdef-line-of-a-keystore": "line: [redacted:db/password]",
	} {
		if got := set.Redact(text); got != want {
			t.Errorf("got %d bytes, want %q", len(got), want)
		}
	}
	if got := set.Unmasked(); !slices.Equal(got, []string{"api/key"}) {
		t.Errorf("unmasked are %q, want the one that is too long", got)
	}
}

func TestDocument(t *testing.T) {
	const doc = `{"username":"app_user","password":"hunter22","port":5432,"pin":12345678,"tls":{"key":"first line\nsecond line of it"}}`
	set := mask.New(mask.Options{Except: []string{"db#username"}})
	set.Add("db", secretOf(doc))
	var indented bytes.Buffer
	if err := json.Indent(&indented, []byte(doc), "", "  "); err != nil {
		t.Fatal(err)
	}
	for text, want := range map[string]string{
		doc:                            "[redacted:db]",
		"app_user:hunter22@db:5432":    "app_user:[redacted:db#password]@db:5432",
		"pin 12345678":                 "pin [redacted:db#pin]",
		"second line of it":            "[redacted:db#/tls/key]",
		`"key": "first line\nsecond"`:  `"key": "[redacted:db#/tls/key]\nsecond"`,
		`"key": "first line\nsecond l`: `"key": "[redacted:db#/tls/key]\nsecond l`,
	} {
		if got := set.Redact(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	if got := set.Redact(indented.String()); strings.Contains(got, "hunter22") || strings.Contains(got, "second line") {
		t.Errorf("the same document, written otherwise, shows %q", got)
	}
	if got := set.Unmasked(); !slices.Equal(got, []string{"db#port"}) {
		t.Errorf("unmasked are %q, want the port", got)
	}
}

func TestMultilineValue(t *testing.T) {
	key := "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIKfirstline\nsecondlineofkey\nend\n-----END EC PRIVATE KEY-----\n"
	set := setOf(mask.Options{}, key)
	for text, want := range map[string]string{
		key:                                   "[redacted:db/password]",
		strings.ReplaceAll(key, "\n", "\r\n"): "[redacted:db/password]",
		fmt.Sprintf("%q", key):                `"[redacted:db/password]"`,
		"  secondlineofkey\n":                 "  [redacted:db/password]\n",
		"-----BEGIN EC PRIVATE KEY-----\nanother": "-----BEGIN EC PRIVATE KEY-----\nanother",
	} {
		if got := set.Redact(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestOldValuesStayMasked(t *testing.T) {
	set := mask.New(mask.Options{KeepOld: 8})
	var s sink
	w := mask.NewWriter(&s, set)
	value := func(i int) string { return fmt.Sprintf("value-number-%03d", i) }
	set.Add("other", secretOf("added-once-only"))
	for i := range 100 {
		set.Add("db/password", secretOf(value(i)))
		_, _ = w.Write([]byte(value(i)[:7])) // held while the set changes
		_, _ = w.Write([]byte(value(i)[7:] + "\n"))
	}
	if got := strings.Count(s.String(), "[redacted:db/password]\n"); got != 100 {
		t.Errorf("%d of 100 values were masked when they were current: %q", got, s.String())
	}
	for i := 94; i < 100; i++ {
		if got := set.Redact(value(i)); got != "[redacted:db/password]" {
			t.Errorf("the value %d rotations ago is shown as %q", 99-i, got)
		}
	}
	if got := set.Redact(value(80)); got != value(80) {
		t.Errorf("a value 19 rotations ago is shown as %q, though 8 are kept", got)
	}
	if got := set.Redact("added-once-only"); got != "[redacted:other]" {
		t.Errorf("a current value was dropped: %q", got)
	}
	if got := set.String(); !strings.HasPrefix(got, "mask.Set of ") {
		t.Errorf("the set prints as %q", got)
	}
}

// A value that comes back is as young as its last sight.
func TestOldValueThatComesBack(t *testing.T) {
	set := mask.New(mask.Options{KeepOld: 4})
	for i := range 50 {
		set.Add("db/password", secretOf("the-first-value"))
		set.Add("db/password", secretOf(fmt.Sprintf("another-value-%d", i)))
	}
	if got := set.Redact("the-first-value"); got != "[redacted:db/password]" {
		t.Errorf("got %q", got)
	}
}

// Bytes that are held for a value that is dropped meanwhile are not lost.
func TestHeldBytesOfADroppedValue(t *testing.T) {
	set := mask.New(mask.Options{KeepOld: 1, Quiet: -1})
	var s sink
	w := mask.NewWriter(&s, set)
	set.Add("a", secretOf("dropped-value"))
	_, _ = w.Write([]byte("see dropped-"))
	for i := range 9 {
		set.Add("a", secretOf(fmt.Sprintf("%d-is-the-next", i)))
	}
	_, _ = w.Write([]byte("valuation\n"))
	if got := s.String(); got != "see dropped-valuation\n" {
		t.Errorf("got %q", got)
	}
}

func TestNameThatHoldsAValue(t *testing.T) {
	set := mask.New(mask.Options{})
	set.Add("hunter22", secretOf("another-value"))
	set.Add("db/password", secretOf("hunter22"))
	set.Add("bad\nname", secretOf("third-value"))
	set.Add("doc", secretOf(`{"\u001b[2J":"fourth-value"}`))
	for text, want := range map[string]string{
		"another-value": "[redacted]", "third-value": "[redacted]", "fourth-value": "[redacted]", "hunter22": "[redacted:db/password]",
	} {
		if got := set.Redact(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestManyValuesOneByOne(t *testing.T) {
	set := mask.New(mask.Options{})
	var s sink
	w := mask.NewWriter(&s, set)
	for i := range 300 {
		value := fmt.Sprintf("value-%d-of-many-%d", i, i*i)
		set.Add(fmt.Sprintf("name/%d", i), secretOf(value))
		fmt.Fprintf(w, "%s\n", value)
	}
	for i, line := range strings.Split(strings.TrimSpace(s.String()), "\n") {
		if want := fmt.Sprintf("[redacted:name/%d]", i); line != want {
			t.Fatalf("line %d is %q, want %q", i, line, want)
		}
	}
}

func TestConcurrentWritersAndRotations(t *testing.T) {
	set := mask.New(mask.Options{})
	var stdout, stderr sink
	outs := []*mask.Writer{mask.NewWriter(&stdout, set), mask.NewWriter(&stderr, set)}
	var wg sync.WaitGroup
	for g := range 4 {
		wg.Go(func() {
			for i := range 100 {
				value := fmt.Sprintf("secret-of-%d-number-%d;", g, i)
				set.Add("db/password", secretOf(value))
				for _, w := range outs {
					fmt.Fprintf(w, "a %s b\n", value)
					_ = w.Flush()
				}
			}
		})
	}
	wg.Wait()
	for _, s := range []*sink{&stdout, &stderr} {
		if got := strings.Count(s.String(), "a [redacted:db/password] b\n"); got != 400 {
			t.Errorf("%d of 400 lines are whole and masked", got)
		}
	}
}

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
