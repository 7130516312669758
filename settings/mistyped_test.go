package settings_test

import (
	"errors"
	"io/fs"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/secretmux/secretmux/settings"
)

// A text that a parser would take for something else is refused, and the hint names the
// reason that is there.
func TestMistypedTextsAreRefused(t *testing.T) {
	address := reader[plain[url.URL]]
	addresses := reader[plain[[]url.URL]]
	ints, durations := reader[plain[[]int]], reader[plain[[]time.Duration]]
	pairs, numbers := reader[plain[map[string]string]], reader[plain[map[string]int]]
	semi := reader[semi[map[string]string]]
	for _, tt := range []struct {
		read func(*testing.T, string) (any, error)
		text string
		hint string
	}{
		{address, canary + ":8080", "scheme"},
		{address, "localhost:8080/" + canary, "scheme"},
		{address, "a.example:443", "scheme"},
		{addresses, "https://a,localhost:8080", "scheme"},
		{pairs, canary + ":1," + canary + ":2", "key twice"},
		{numbers, "a:1,b:2,a:1", "key twice"},
		{semi, "a=1;a=2", "key twice"},
		{ints, `[1, 2.5]`, "items"},
		{durations, `["1s", 2]`, "items"},
		{numbers, `{"a": "` + canary + `"}`, "items"},
		{ints, "1, 2", "white space around"},
	} {
		_, err := tt.read(t, tt.text)
		noLeak(t, err)
		if !errors.Is(err, settings.ErrUnparsable) || !strings.Contains(err.Error(), tt.hint) {
			t.Errorf("%v, want a hint with %q", err, tt.hint)
		}
	}
	for text, host := range map[string]string{"https://a:1/b": "a:1", "tel:112": "", "mailto:a@b": "", "//h:80": "h:80", "urn:1:2": ""} {
		got, err := address(t, text)
		if u, ok := got.(url.URL); err != nil || !ok || u.Host != host {
			t.Errorf("%s: %v, %v", text, got, err)
		}
	}
}

// The mode of a file is octal, in a default too.
func TestFileMode(t *testing.T) {
	type config struct {
		Value fs.FileMode
		Other fs.FileMode `default:"0640"`
	}
	for text, want := range map[string]fs.FileMode{"0600": 0o600, "600": 0o600, "0o755": 0o755, "4755": 0o4755} {
		if got := mustLoad[config](t, set(text)); got.Value != want || got.Other != 0o640 {
			t.Errorf("%s is %o, the default %o", text, got.Value, got.Other)
		}
	}
	for _, text := range []string{"0800", "rw-r--r--", "-1", "0x180", canary} {
		if _, err := load[config](t, set(text), settings.Options{}); !errors.Is(err, settings.ErrUnparsable) || !strings.Contains(err.Error(), "0600") {
			t.Errorf("%s: %v", text, err)
		}
	}
}
