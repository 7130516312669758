package age_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"strings"
	"testing"

	filippo "filippo.io/age"

	"github.com/secretmux/secretmux/providers/age"
)

// An identity prints as its private key. Options, and the provider and editor made of
// them, do not print it.
func TestNothingPrintsAPrivateKey(t *testing.T) {
	key := newPair(t)
	private := key.identity.(*filippo.X25519Identity).String()
	f := newFile(t, age.Sops, key).with(t, "a", canary)
	p := f.provider(t)
	wantValue(t, p, "a", canary)
	nested := struct {
		Options age.Options
		hidden  age.Options
		Any     []any
	}{f.opts, f.opts, []any{&f.opts, p, f.editor(t)}}
	var texts []string
	if !strings.Contains(fmt.Sprint(key.identity), private) {
		t.Fatal("an identity does not print as its key: this test shows nothing")
	}
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d"} {
		for _, v := range []any{f.opts, &f.opts, p, f.editor(t), *f.editor(t), nested} {
			texts = append(texts, fmt.Sprintf(verb, v))
		}
	}
	out, err := json.Marshal([]any{f.opts, nested})
	must(t, err)
	var log bytes.Buffer
	slog.New(slog.NewTextHandler(&log, nil)).Info("o", "o", f.opts, "nested", nested)
	slog.New(slog.NewJSONHandler(&log, nil)).Info("o", "o", &f.opts)
	for _, text := range append(texts, string(out), log.String()) {
		if strings.Contains(text, private) || strings.Contains(text, canary) || strings.Contains(text, fmt.Sprintf("%x", private)) {
			t.Errorf("a private key is in %.60s", text)
		}
	}
}
