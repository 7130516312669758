package secretmux_test

import (
	"reflect"
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
)

// FuzzParseURI checks that what parses round-trips, fits into a config string
// and has no control character, and that what does not is not quoted.
func FuzzParseURI(f *testing.F) {
	f.Add("vault://vault.example.com:8200/kv/app/?ttl=5m&on=denied+unavailable") // more seeds are in testdata
	f.Fuzz(func(t *testing.T, text string) {
		u, err := secretmux.ParseURI(text)
		if err != nil {
			wantInvalid(t, err)
			return
		}
		again, err := secretmux.ParseURI(u.String())
		if err != nil || !reflect.DeepEqual(again, u) {
			t.Fatalf("%q: %q reads back as %v, %v", text, u, again, err)
		}
		if strings.ContainsAny(u.String(), ",|#\x00\n ") {
			t.Fatalf("%q can't be part of a config string", u)
		}
		if u.Scheme != strings.ToLower(u.Scheme) || strings.Contains(u.Authority, "@") {
			t.Fatalf("scheme %q, authority %q", u.Scheme, u.Authority)
		}
		if u.Authority != "" && u.Path != "" && u.Path[0] != '/' {
			t.Fatalf("path %q after an authority", u.Path)
		}
		if err := u.Params().Done(); err != nil {
			wantInvalid(t, err)
		}
	})
}

// FuzzParseConfig checks that links stay as many as the separators say, that
// the canonical forms of what parses are the same config, and that no error
// quotes any of it.
func FuzzParseConfig(f *testing.F) {
	f.Add("env:?prefix=OVERRIDE_,vault://a:8200/kv/app|vault://b:8200/kv/app?ttl=5m&stale=1h") // more seeds are in testdata
	f.Fuzz(func(t *testing.T, config string) {
		links, err := secretmux.ParseConfig(config)
		if err != nil {
			wantInvalid(t, err)
			return
		}
		if n := strings.Count(config, ",") + strings.Count(config, "|") + 1; len(links) != n {
			t.Fatalf("%d links of %q, want %d", len(links), config, n)
		}
		if n := links[len(links)-1].Overlay; n != strings.Count(config, ",") {
			t.Fatalf("%d commas in %q", n, config)
		}
		var text strings.Builder
		for i, l := range links {
			switch {
			case l.Replica > 0:
				text.WriteByte('|')
			case i > 0:
				text.WriteByte(',')
			}
			text.WriteString(l.URI.String())
		}
		again, err := secretmux.ParseConfig(text.String())
		same := err == nil && len(again) == len(links)
		for i := range links {
			same = same && again[i].Overlay == links[i].Overlay && again[i].Replica == links[i].Replica && reflect.DeepEqual(again[i].URI, links[i].URI)
		}
		if !same {
			t.Fatalf("%q reads back as %v, %v", config, again, err)
		}
	})
}
