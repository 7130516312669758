package faultscript

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/secretmux/secretmux"
)

// window is how many characters of a canary count as a leak: parsers quote the
// few characters around their complaint.
const window = 6

// leakIn says which error in the tree of err holds a part of a canary. It does
// not quote it. Empty means none.
func leakIn(err error) string {
	if err == nil {
		return ""
	}
	for _, text := range []string{err.Error(), fmt.Sprintf("%+v", err), fmt.Sprintf("%#v", err)} {
		if Leaks(text) {
			return fmt.Sprintf("the text of a %T holds a part of a value or of a credential", err)
		}
	}
	switch e := err.(type) { //nolint:errorlint // each error of the tree is asked alone
	case interface{ Unwrap() error }:
		return leakIn(e.Unwrap())
	case interface{ Unwrap() []error }:
		for _, below := range e.Unwrap() {
			if leak := leakIn(below); leak != "" {
				return leak
			}
		}
	}
	var attempts *secretmux.AttemptsError
	if errors.As(err, &attempts) && error(attempts) == err { //nolint:errorlint // visits it once
		for _, a := range attempts.Attempts {
			if leak := leakIn(a.Err); leak != "" {
				return leak
			}
		}
	}
	return ""
}

// Leaks reports whether text holds six or more characters in a row of [Canary]
// or [Credential], as they are, in base64 or in hexadecimal. It is for the logs
// and explanations that a provider's own tests look through.
func Leaks(text string) bool {
	for _, c := range []string{Canary, Credential} {
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
