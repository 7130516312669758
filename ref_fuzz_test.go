package secretmux_test

import (
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
)

// FuzzParseRef checks that what parses round-trips and is a name that every
// backend may be asked for, and that what does not is not quoted.
func FuzzParseRef(f *testing.F) {
	f.Add("db/password?version=previous#/a/0") // more seeds are in testdata
	f.Fuzz(func(t *testing.T, text string) {
		ref, err := secretmux.ParseRef(text)
		if err != nil {
			wantInvalid(t, err)
			return
		}
		again, err := secretmux.ParseRef(ref.String())
		if err != nil || again != ref {
			t.Fatalf("%+v reads back as %+v, %v", ref, again, err)
		}
		if err := secretmux.ValidateName(ref.Name); err != nil {
			t.Fatal(err)
		}
		for segment := range strings.SplitSeq(ref.Name, "/") {
			if segment == "" || segment == "." || segment == ".." || strings.ContainsAny(segment, "\x00\n\r?#") {
				t.Fatalf("a segment of the name is %q", segment)
			}
		}
		if ref.Version == secretmux.VersionCurrent || strings.Contains(ref.Field, "#") {
			t.Fatalf("%+v is not canonical", ref)
		}
	})
}
