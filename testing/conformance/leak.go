package conformance

import (
	"fmt"

	"github.com/secretmux/secretmux/testing/internal/leak"
)

// The canaries stand at the start of every value and in every refused name. They
// are letters and digits, so that no quoting changes them, and 24 bytes long, so
// that their base64 does not depend on what follows.
const (
	canary     = "Zq4xVw8kPj2mLr6tYb9nHd3f"
	nameCanary = "g7KsQ1vXe5TzWc0hUa8BdRy6"
)

// clean checks that no text in the tree of err holds a part of a canary.
func (tr *trial) clean(err error) {
	tr.Helper()
	leak.Walk(err, func(e error) {
		for _, text := range []string{e.Error(), fmt.Sprintf("%+v", e)} {
			if leaks(text) {
				tr.Errorf("the text of a %T in the tree of a %T holds a part of a value or of a refused name", e, err)
				return
			}
		}
	})
}

func leaks(text string) bool { return leak.In(text, canary, nameCanary) }
