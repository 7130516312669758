package mask_test

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

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

func TestNameThatHoldsAValue(t *testing.T) {
	set := mask.New(mask.Options{})
	set.Add("hunter22", secretOf("another-value"))
	set.Add("db/password", secretOf("hunter22"))
	set.Add("bad\nname", secretOf("third-value"))
	set.Add("doc", secretOf(`{"\u001b[2J":"fourth-value","a\"b":"fifth-value"}`))
	for text, want := range map[string]string{
		"another-value": "[redacted]", "third-value": "[redacted]", "fourth-value": "[redacted]", "fifth-value": "[redacted]",
		"hunter22": "[redacted:db/password]",
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
