package age_test

import (
	"bytes"
	"strconv"
	"strings"
	"testing"

	"github.com/secretmux/secretmux/providers/age"
)

// It opens a file of 100 values of 32 bytes and checks the MAC. Each read that a store
// does not answer does the same.
func BenchmarkOpen100(b *testing.B) {
	for _, format := range []age.Kind{age.Sops, age.Age} {
		for kind, key := range map[string]func(testing.TB) pair{"x25519": newPair, "hybrid": newHybrid} {
			b.Run(string(format)+"/"+kind, func(b *testing.B) {
				f := newFile(b, format, key(b))
				e := f.editor(b)
				must(b, e.Set(b.Context(), "first", nil))
				draft, err := e.Open(b.Context())
				must(b, err)
				text := bytes.NewBuffer(draft.Text)
				for i := range 100 {
					text.WriteString("KEY_" + strconv.Itoa(i) + "=" + strings.Repeat("x", 32) + "\n")
				}
				must(b, e.Save(b.Context(), draft, text.Bytes()))
				p := f.provider(b)
				for b.Loop() {
					if _, err := p.Get(b.Context(), "key/99"); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
	}
}
