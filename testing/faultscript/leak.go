package faultscript

import (
	"fmt"

	"github.com/secretmux/secretmux/testing/internal/leak"
)

// leakIn says which error in the tree of err holds a part of a canary. It does
// not quote it. Empty means none.
func leakIn(err error) (found string) {
	leak.Walk(err, func(e error) {
		for _, text := range []string{e.Error(), fmt.Sprintf("%+v", e), fmt.Sprintf("%#v", e)} {
			if found == "" && Leaks(text) {
				found = fmt.Sprintf("the text of a %T holds a part of a value or of a credential", e)
			}
		}
	})
	return found
}

// Leaks reports whether text holds six or more characters in a row of [Canary] or
// [Credential], unchanged, in base64 or in hexadecimal. A provider's own tests use it
// for logs and explanations.
func Leaks(text string) bool { return leak.In(text, Canary, Credential) }
