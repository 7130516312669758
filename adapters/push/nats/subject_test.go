package natspush_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/nats-io/nats.go"

	"github.com/secretmux/secretmux"
	"github.com/secretmux/secretmux/adapters/push"
	natspush "github.com/secretmux/secretmux/adapters/push/nats"
)

// Whatever a name holds, its token is one token, and another name's is another one.
func TestSubject(t *testing.T) {
	seen := map[string]string{}
	for _, name := range []string{"a", "b", "a.b", "a/b", "*", ">", " ", "", "ä\n", strings.Repeat("x", 2048)} {
		subject := natspush.Subject("s", name)
		token := strings.TrimPrefix(subject, "s.")
		if len(token) != 32 || strings.Trim(token, "0123456789abcdef") != "" {
			t.Errorf("%q has the subject %q", name, subject)
		}
		if other, ok := seen[subject]; ok {
			t.Errorf("%q and %q have one subject", name, other)
		}
		seen[subject] = name
	}
}

// Mistakes are told at once, and without a server.
func TestMistakes(t *testing.T) {
	nc := &nats.Conn{}
	calls := map[string]func(subject string) error{
		"Source":  func(s string) error { _, err := natspush.Source(nc, s); return err },
		"Publish": func(s string) error { return natspush.Publish(t.Context(), nc, s, push.Notice{Name: "db"}) },
	}
	for name, call := range calls {
		for _, subject := range []string{"", ".", "a.", ".a", "a..b", "a.*", ">", "a b", "a\nb"} {
			if err := call(subject); !errors.Is(err, secretmux.ErrInvalid) {
				t.Errorf("%s of %q: %v, want ErrInvalid", name, subject, err)
			}
		}
	}
	_, source := natspush.Source(nil, "s")
	_, stream := natspush.Stream(t.Context(), nil, "S", "s")
	for name, err := range map[string]error{
		"Source of nothing": source, "Stream of nothing": stream,
		"Publish to nothing":     natspush.Publish(t.Context(), nil, "s", push.Notice{Name: "db"}),
		"Publish of a bad name":  natspush.Publish(t.Context(), nc, "s", push.Notice{Name: "../db"}),
		"Publish without a name": natspush.Publish(t.Context(), nc, "s", push.Notice{}),
	} {
		if !errors.Is(err, secretmux.ErrInvalid) {
			t.Errorf("%s: %v, want ErrInvalid", name, err)
		}
	}
}
