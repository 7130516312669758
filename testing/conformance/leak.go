package conformance

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/secretmux/secretmux"
)

// The canaries stand at the start of every value and in every refused name. They
// are letters and digits, so that no quoting changes them, and 24 bytes long, so
// that their base64 does not depend on what follows.
const (
	canary     = "Zq4xVw8kPj2mLr6tYb9nHd3f"
	nameCanary = "g7KsQ1vXe5TzWc0hUa8BdRy6"
)

// window is how many characters of a canary count as a leak. Parsers quote the
// few characters around their complaint.
const window = 6

// clean checks that no text in the tree of err holds a part of a canary.
func (tr *trial) clean(err error) {
	tr.Helper()
	walk(err, func(e error) {
		for _, text := range []string{e.Error(), fmt.Sprintf("%+v", e)} {
			if leaks(text) {
				tr.Errorf("the text of a %T in the tree of a %T holds a part of a value or of a refused name", e, err)
				return
			}
		}
	})
}

func leaks(text string) bool {
	for _, c := range []string{canary, nameCanary} {
		encoded := []string{c, base64.StdEncoding.EncodeToString([]byte(c)), hex.EncodeToString([]byte(c))}
		for _, needle := range encoded {
			size := window * len(needle) / len(c)
			for i := 0; i+size <= len(needle); i++ {
				if strings.Contains(text, needle[i:i+size]) {
					return true
				}
			}
		}
	}
	return false
}

// walk visits err and all below it, along both forms of Unwrap and into the
// attempts of a composition, which don't unwrap.
func walk(err error, visit func(error)) {
	if err == nil {
		return
	}
	visit(err)
	switch e := err.(type) { //nolint:errorlint // each error of the tree is asked alone
	case interface{ Unwrap() error }:
		walk(e.Unwrap(), visit)
	case interface{ Unwrap() []error }:
		for _, below := range e.Unwrap() {
			walk(below, visit)
		}
	}
	var attempts *secretmux.AttemptsError
	if errors.As(err, &attempts) && error(attempts) == err { //nolint:errorlint // visits it once
		for _, a := range attempts.Attempts {
			walk(a.Err, visit)
		}
	}
}
