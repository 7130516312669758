package mask_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/secretmux/secretmux/mask"
)

// A value of the largest size is masked as a whole and line by line. A larger one is
// reported.
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

// The age of a value that comes back counts from its last occurrence.
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

// If a value is dropped while bytes are held back for it, the bytes are not lost.
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
