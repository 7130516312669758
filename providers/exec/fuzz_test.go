package exec

import (
	"strings"
	"testing"

	"github.com/secretmux/secretmux"
)

// A name that passes is never an option, and has no character that a shell acts on.
func FuzzName(f *testing.F) {
	for _, name := range []string{"db/password", "--help", ";id", "$(id)", "a\nb", "-", "Shared Item", "a -x", "é", "e\u0301"} {
		f.Add(name)
	}
	f.Fuzz(func(t *testing.T, name string) {
		if !harmless(name) || secretmux.ValidateName(name) != nil {
			return
		}
		if strings.ContainsAny(name, "\n\r\x00;&|<>()$`\\\"'*?[]{}#~!%^,") {
			t.Errorf("%q passes", name)
		}
		for _, word := range strings.Split(name, " ") {
			if word == "" || strings.ContainsAny(word[:1], "-+@/=.:") {
				t.Errorf("%q passes, with the word %q", name, word)
			}
		}
	})
}
