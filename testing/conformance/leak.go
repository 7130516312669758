package conformance

import (
	"fmt"
	"testing"

	"github.com/secretmux/secretmux/testing/internal/leak"
)

// The canaries are at the start of every value and in every refused name. They are
// letters and digits, so that no quoting changes them, and 24 bytes long, so that
// their base64 does not depend on the text after them.
const (
	canary     = "Zq4xVw8kPj2mLr6tYb9nHd3f"
	nameCanary = "g7KsQ1vXe5TzWc0hUa8BdRy6"
)

// NoLeak fails the test if the text of err, or of an error that it wraps at any depth,
// holds a part of a canary. A part is six or more consecutive characters, unchanged, in
// base64 or in hexadecimal. The message of the test does not quote the text. A nil err
// never fails. A canary of fewer than six characters always fails, because other texts
// could hold it by accident.
func NoLeak(t testing.TB, err error, canaries ...string) {
	t.Helper()
	noLeak(t, err, canaries...)
}

func noLeak(t reporter, err error, canaries ...string) {
	t.Helper()
	for _, c := range canaries {
		if len(c) < leak.Window {
			t.Errorf("a canary of %d characters could be in other text too; use %d or more", len(c), leak.Window)
			return
		}
	}
	leak.Walk(err, func(e error) {
		for _, text := range []string{e.Error(), fmt.Sprintf("%+v", e)} {
			if leak.In(text, canaries...) {
				t.Errorf("the text of a %T in the tree of a %T holds a part of a canary", e, err)
				return
			}
		}
	})
}

// clean checks that no text in the tree of err holds a part of a canary.
func (tr *trial) clean(err error) {
	tr.Helper()
	noLeak(tr, err, canary, nameCanary)
}

func leaks(text string) bool { return leak.In(text, canary, nameCanary) }
