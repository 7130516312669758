// Package leak looks for canaries in the texts of errors. The test suites beside
// it share it.
package leak

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"

	"github.com/secretmux/secretmux"
)

// Window is how many characters of a canary count as a leak. Parsers quote a few
// characters around the place of an error.
const Window = 6

// In reports whether text holds six or more characters in a row of a canary,
// unchanged, in base64 or in hexadecimal.
func In(text string, canaries ...string) bool {
	for _, c := range canaries {
		encoded := []string{c, base64.StdEncoding.EncodeToString([]byte(c)), hex.EncodeToString([]byte(c))}
		for _, needle := range encoded {
			size := Window * len(needle) / len(c)
			for i := 0; i+size <= len(needle); i++ {
				if strings.Contains(text, needle[i:i+size]) {
					return true
				}
			}
		}
	}
	return false
}

// Walk visits err and all errors below it, along both forms of Unwrap. It also visits
// the attempts of a composition, which Unwrap does not return.
func Walk(err error, visit func(error)) {
	if err == nil {
		return
	}
	visit(err)
	switch e := err.(type) { //nolint:errorlint // each error of the tree is asked alone
	case interface{ Unwrap() error }:
		Walk(e.Unwrap(), visit)
	case interface{ Unwrap() []error }:
		for _, below := range e.Unwrap() {
			Walk(below, visit)
		}
	}
	var attempts *secretmux.FallbackError
	if errors.As(err, &attempts) && error(attempts) == err { //nolint:errorlint // visits it once
		for _, a := range attempts.Attempts {
			Walk(a.Err, visit)
		}
	}
}
